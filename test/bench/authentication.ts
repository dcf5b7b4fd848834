import { parseArgs } from 'node:util';
import { authenticate, sealMessage } from 'mailauth';
import { createAuthenticator } from '../../src/authentication/authenticate.ts';
import { createResolver, defaultResolverOptions } from '../../src/authentication/resolver.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { transactionOf } from '../authentication/lab.ts';
import { rsaKey } from '../support/dkim-keys.ts';
import { vendorZone } from '../support/zone.ts';
import { rememberingResolver } from './load/remembering-resolver.ts';
import { mailOfSize, signedMail } from './load/signed-mail.ts';

/**
 * CPU time of our authentication of one message and of a plain call of `mailauth.authenticate`, in turns of one process,
 * DNS answered from memory in both; read the ratio. `forwarded` is the same mail with one ARC set on top.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '9' },
    messages: { type: 'string', default: '200' },
    bytes: { type: 'string', default: '5000' },
    senders: { type: 'string', default: '20' },
  },
});
const [rounds, count, sizeBytes, senders] = [
  options.rounds,
  options.messages,
  options.bytes,
  options.senders,
].map(Number) as [number, number, number, number];

const forwarder = 'forwarder.test';
const domains = Array.from({ length: senders }, (_, index) => `sender${index}.bench.test`);
const sent = { clientAddress: '192.0.2.7', helo: 'out.bench.test', authservId: 'mx.bench.test' };
await using opened = new AsyncDisposableStack();
const zone = Object.fromEntries(
  [forwarder, ...domains].flatMap((domain) => Object.entries(vendorZone(domain))),
);
const dns = opened.use(await startZoneServer(zone, { host: '127.0.0.1', port: 0 }));
const resolver = opened.use(
  createResolver({ ...defaultResolverOptions, servers: [dns.address], maxTtlSeconds: 3600 }),
);
const remembering = rememberingResolver(dns.address);
const ours = createAuthenticator({
  resolver,
  authservId: sent.authservId,
  deadlineMs: 5000,
  maxQueries: 50,
  onError: (error) => {
    throw error;
  },
});

type Mail = { readonly mailFrom: string; readonly text: string };
const signed = Array.from({ length: count }, (_, index): Mail => {
  const domain = domains[index % domains.length] ?? '';
  const text = signedMail(mailOfSize(domain, sizeBytes), index, new Date());
  return { mailFrom: `bounce@${domain}`, text };
});
const forwarded = await Promise.all(signed.map(sealed));

async function sealed({ mailFrom, text }: Mail): Promise<Mail> {
  const seal = {
    signingDomain: forwarder,
    selector: 'rsa',
    privateKey: rsaKey.privateKey,
    authResults: `${forwarder}; dkim=pass`,
    cv: 'none' as const,
  };
  return { mailFrom, text: `${(await sealMessage(text, seal)).toString('latin1')}${text}` };
}

const subjects = {
  ours: async ({ mailFrom, text }: Mail) => {
    const { dkim, arc } = await ours(transactionOf(text, { ...sent, mailFrom }));
    return [dkim[0]?.result, arc.result];
  },
  mailauth: async ({ mailFrom, text }: Mail) => {
    const { dkim, arc } = await authenticate(Buffer.from(text, 'latin1'), {
      ip: sent.clientAddress,
      helo: sent.helo,
      sender: mailFrom,
      mta: sent.authservId,
      disableBimi: true,
      resolver: remembering,
    });
    return [dkim.results[0]?.status.result, arc === false ? 'none' : arc.status.result];
  },
};

/** User and system time, in ms a message. */
async function measure(
  authenticated: (mail: Mail) => Promise<readonly unknown[]>,
  mail: readonly Mail[],
  expected: string,
): Promise<number> {
  const before = process.cpuUsage();
  for (const message of mail) {
    const results = (await authenticated(message)).join();
    if (results !== expected) throw new Error(`not ${expected}: ${results}`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / mail.length;
}

const median = (values: readonly number[]) =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

async function compare(mail: readonly Mail[], expected: string) {
  const samples: { readonly ours: number; readonly mailauth: number }[] = [];
  for (let round = -3; round < rounds; round++) {
    const sample = {
      mailauth: await measure(subjects.mailauth, mail, expected),
      ours: await measure(subjects.ours, mail, expected),
    };
    if (round >= 0) samples.push(sample); // the first ones warm up
  }
  return {
    oursMs: median(samples.map((sample) => sample.ours)),
    mailauthMs: median(samples.map((sample) => sample.mailauth)),
    ratio: median(samples.map((sample) => sample.ours / sample.mailauth)),
  };
}

const figures = {
  signed: await compare(signed, 'pass,none'),
  forwarded: await compare(forwarded, 'pass,pass'),
};
if (options.json)
  process.stdout.write(
    `${JSON.stringify({
      rounds,
      count,
      sizeBytes,
      figures,
      ratios: {
        authenticationVsMailauth: figures.signed.ratio,
        authenticationForwardedVsMailauth: figures.forwarded.ratio,
      },
    })}\n`,
  );
else {
  process.stdout.write(
    `${count} messages of ${sizeBytes} bytes, ${senders} senders, median of ${rounds} rounds\n`,
  );
  for (const [name, { oursMs, mailauthMs, ratio }] of Object.entries(figures))
    process.stdout.write(
      `${name.padEnd(10)} ${oursMs.toFixed(3).padStart(8)} ms CPU, mailauth ${mailauthMs.toFixed(3)} ms, ratio ${ratio.toFixed(2)}\n`,
    );
}

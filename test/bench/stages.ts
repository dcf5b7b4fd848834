import { parseArgs } from 'node:util';
import { authenticate, sealMessage } from 'mailauth';
import { simpleParser } from 'mailparser';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import { dayOf } from '../../src/baseline/ledger.ts';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { extractFeatures } from '../../src/features/extract-features.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import { lookupsOf } from '../../src/score/known-values.ts';
import { scoreMessage } from '../../src/score/score-message.ts';
import { median } from './figures.ts';
import { rememberingResolver } from './load/remembering-resolver.ts';
import { mailOfSize, signedMail } from './load/signed-mail.ts';
import { stageNames, type StageFigures, type StageName } from './parts/stages.ts';
import { openLab } from '../authentication/lab.ts';
import { mailBytes, receivedAt, transactionOf } from '../support/messages.ts';
import { rsaKey } from '../support/dkim-keys.ts';
import { vendorZone } from '../support/zone.ts';

/** CPU time of the stages of one message, side by side in one run; read the ratios, not the milliseconds. */
const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
});
const iterations = 100;
/** Rounds that are not measured: until compiled code has settled. */
const warmUp = 5;

const paragraph =
  '<tr><td class="text"><p>Your invoice of $12.50 is ready. View it at <a href="https://pay.vendor.example/i/12345">this page</a> or call (402) 935-2050.</p></td></tr>';
const data = mailBytes({
  html: `<html><body><table>${paragraph.repeat(180)}</table></body></html>`,
});
const loaded = await loadRules('rules');
if (!loaded.ok) throw new Error('the shipped rules do not load');
const { causes, lists } = loaded.rules;
await using store = await openStore('sqlite::memory:', {
  limits: defaultStoreLimits,
  timeoutMs: 1000,
});

const header = readHeader(data);
const message = await parseMessage(data, header);
const input = {
  transaction: transactionOf(data),
  message,
  authentication: assumeAuthenticated(header),
  lists,
  pseudonym: createPseudonym(Buffer.alloc(32)),
  address: 'no-reply@vendor.example',
};
const features = extractFeatures(input);
const request = {
  alias: 'bench',
  at: receivedAt,
  values: lookupsOf(features),
  signature: null,
  recipients: [],
  actor: features.actor,
  count: true,
};
const observation = await store.observe(request);

/** A message for each iteration: nothing about them can be remembered but keys and policies. */
const sender = 'vendor.test';
const signed = Array.from({ length: iterations }, (_, number) =>
  signedMail(mailOfSize(sender, 5000), number, new Date()),
);
/** The same as a forwarder passes them on: an ARC set on top. */
const forwarder = 'forwarder.test';
const forwarded = await Promise.all(
  signed.map(async (text) => {
    const seal = await sealMessage(text, {
      ...{ signingDomain: forwarder, selector: 'rsa', privateKey: rsaKey.privateKey },
      ...{ authResults: `${forwarder}; dkim=pass`, cv: 'none' },
    });
    return `${seal.toString('latin1')}${text}`;
  }),
);
await using lab = await openLab({ ...vendorZone(sender), ...vendorZone(forwarder) });
const resolver = rememberingResolver(lab.server.address);
const sent = { mailFrom: `bounce@${sender}`, helo: `out.${sender}`, clientAddress: '192.0.2.7' };
let turn = 0;
const nextOf = (mail: readonly string[]) => mail[turn++ % iterations] ?? '';
const byUs = (mail: readonly string[]) => lab.authenticate(nextOf(mail), sent);
const byMailauth = (mail: readonly string[]) =>
  authenticate(Buffer.from(nextOf(mail), 'latin1'), {
    ...{ ip: sent.clientAddress, helo: sent.helo, sender: sent.mailFrom, mta: 'bench.test' },
    ...{ disableBimi: true, resolver },
  });
for (const [mail, chain] of [
  [signed, 'none'],
  [forwarded, 'pass'],
] as const) {
  const [ours, theirs] = [await byUs(mail), await byMailauth(mail)];
  const theirChain = theirs.arc === false ? 'none' : theirs.arc.status.result;
  const passes = [ours.dmarc.result, theirs.dkim.results[0]?.status.result];
  if ([...passes, ours.arc.result, theirChain].join() !== `pass,pass,${chain},${chain}`)
    throw new Error('the made mail does not authenticate');
}

const stages: Readonly<Record<StageName, () => unknown>> = {
  'mailparser alone': () =>
    simpleParser(data, {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipTextLinks: true,
      skipImageLinks: true,
    }),
  parse: () => parseMessage(data, readHeader(data)),
  features: () => extractFeatures(input),
  'observe (SQLite)': () => store.observe(request),
  score: () =>
    scoreMessage({
      features,
      observation,
      organization: null,
      pack: null,
      causes,
      today: dayOf(receivedAt),
    }),
  'mailauth alone, 5 KB': () => byMailauth(signed),
  'authenticate, 5 KB': () => byUs(signed),
  'mailauth alone, forwarded': () => byMailauth(forwarded),
  'authenticate, forwarded': () => byUs(forwarded),
};

const cpuMs: Record<string, number[]> = {};
for (let round = -warmUp; round < Number(options.rounds); round++) {
  for (const name of stageNames) {
    const work = stages[name];
    const before = process.cpuUsage();
    for (let iteration = 0; iteration < iterations; iteration++) await work();
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) (cpuMs[name] ??= []).push((user + system) / 1000 / iterations);
  }
}

const base = median(cpuMs['mailparser alone'] ?? []);
const figures = stageNames.map((stage) => {
  const ms = median(cpuMs[stage] ?? []);
  return { stage, cpuMs: ms, ratioToMailparser: ms / base };
});
if (options.json)
  process.stdout.write(
    `${JSON.stringify({ messageBytes: data.length, figures } satisfies StageFigures)}\n`,
  );
else {
  process.stdout.write(
    `One message of ${data.length} bytes of HTML, median of ${options.rounds} rounds of ${iterations}\n`,
  );
  for (const { stage, cpuMs: ms, ratioToMailparser } of figures)
    process.stdout.write(
      `${stage.padEnd(25)} ${ms.toFixed(3).padStart(8)} ms CPU  ${ratioToMailparser.toFixed(2)} x mailparser\n`,
    );
}

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { readVectors } from '../../src/vectors/read-vectors.ts';
import { openVectorsFile, vectorsFileName } from '../../src/vectors/vectors-file.ts';
import { mailAliases, mailRecipients, mailText, seeded } from '../support/appraised-mail.ts';
import { signMessage } from '../support/dkim-keys.ts';
import type { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { vendorZone } from '../support/zone.ts';

export type Mail = { readonly bytes: string; readonly from: string; readonly recipient: string };

type MailOptions = {
  /** Chooses alias and recipient, in turn. */
  readonly index: number;
  /** Of the text, as `mailText` counts. */
  readonly number: number;
  readonly random: () => number;
  readonly lures?: number;
};

/** Really signed by its alias. */
export async function signedMail({ index, number, ...how }: MailOptions): Promise<Mail> {
  const from = mailAliases[index % mailAliases.length] ?? mailAliases[0];
  const text = mailText(from, number, how);
  return {
    bytes: await signMessage(text.toString(), { domain: from.site, selector: 'rsa' }),
    from: from.address,
    recipient: mailRecipients[index % mailRecipients.length] ?? '',
  };
}

/** The same in every run, with numbers from `first` on; every few messages are lures of some kind. */
export function mailOfADay(first: number, count: number, seed: number): Promise<readonly Mail[]> {
  const random = seeded(seed);
  const numberOf = (index: number) => first + Math.floor(index / mailAliases.length);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      signedMail({ index, number: numberOf(index), random }),
    ),
  );
}

/** What all of the aliases publish; SPF lists loopback. */
export async function startMailDns(): Promise<AsyncDisposable & { readonly address: HostPort }> {
  const zones = mailAliases.map(({ site }) => vendorZone(site, { ip4: '127.0.0.0/8' }));
  const records: Zone = Object.fromEntries(zones.flatMap((zone) => Object.entries(zone)));
  await using opened = new AsyncDisposableStack();
  const zone = opened.use(await startZoneServer(records, { host: '127.0.0.1', port: 0 }));
  const address = parseHostPort(zone.address);
  assert.ok(address.ok);
  const owned = opened.move();
  return { address: address.value, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Gives the final reply; everything before it is taken. */
export async function sendMail(
  client: SmtpDialogue,
  { bytes, from, recipient }: Mail,
): Promise<string> {
  for (const line of [`MAIL FROM:<${from}>`, `RCPT TO:<${recipient}>`, 'DATA']) {
    client.send(line);
    assert.match((await client.expectAny())[0] ?? '', /^[23]/);
  }
  client.send(Buffer.from(bytes.replaceAll('\r\n.', '\r\n..')), '.');
  return (await client.expectAny())[0] ?? '';
}

/** What a gateway has kept of scored mail, by time. */
export function keptIn(stateDir: string): readonly KeptMessage[] {
  using file = openVectorsFile(join(stateDir, vectorsFileName), { readOnly: true });
  const rows = file.select({ since: 0, aliases: null, perAlias: 10_000 });
  return [...readVectors(file, rows)].sort(
    (left, right) => left.appraised.at.getTime() - right.appraised.at.getTime(),
  );
}

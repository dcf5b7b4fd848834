import type { AuthenticationResults, DkimSignature } from '../authentication/results.ts';
import type { HeaderField } from '../message/header-block.ts';
import { organizationOf } from '../message/links.ts';
import { domainOf } from '../message/mailbox.ts';
import type { LevelReading, Sighting } from './features.ts';
import { valueHash } from './hash.ts';
import type { MessageView } from './message-view.ts';

/** Fields that receivers and lists add: not the sender's habit. */
const addedOnTheWay =
  /^(?:received|return-path|delivered-to|authentication-results|arc-.*|x-spam.*|x-ms-.*|x-forwarded.*|x-received|x-google-.*|list-.*|received-spf|status|x-status|dkim-signature|x-aliaswatch-.*|resent-.*|precedence|errors-to|sender|lines|content-length)$/;

/** How the message came here: address block, MAIL FROM, SPF, key, order of fields. */
export function pathSightings(view: MessageView): readonly Sighting[] {
  const { connection, envelope } = view.transaction;
  const { spf } = view.authentication;
  const network = networkOf(connection.clientAddress);
  const mailFrom =
    envelope.mailFrom === '' ? '<>' : organizationOf(domainOf(unwrapSrs(envelope.mailFrom)));
  const spfState = `${spf.result}${organizationOf(spf.domain) === view.ownDomain ? '' : ' elsewhere'}`;
  const order = view.message.fields
    .map((field) => field.name)
    .filter((name) => !addedOnTheWay.test(name));
  const signature = alignedSignature(view.authentication);
  return [
    { signal: 'network', table: 'network', value: network, shown: `sent from ${network}` },
    { signal: 'mail-from', table: 'mail-from', value: mailFrom, shown: `MAIL FROM at ${mailFrom}` },
    { signal: 'spf', table: 'mail-from', value: `spf ${spfState}`, shown: `SPF ${spfState}` },
    {
      signal: 'header-order',
      table: 'header-order',
      value: valueHash(order.join(' ')),
      shown: 'an order of header fields',
    },
    ...(signature ? signatureSightings(signature, view.message.fields) : []),
  ];
}

/** Steps of the signature's age at receipt, in milliseconds: under an hour is ordinary. */
const ageSteps = [3_600_000, 12 * 3_600_000, 48 * 3_600_000, 7 * 86_400_000];

/** Age of the signature (t=, else Date), above all steps when its x= has passed (RFC 6376 §3.5), and whether the envelope recipient is named in the header. */
export function pathLevels(view: MessageView): readonly LevelReading[] {
  const signedAt = alignedSignature(view.authentication)?.signedAtSeconds ?? null;
  const sentAtMs = signedAt === null ? view.message.sentAtMs : signedAt * 1000;
  const receivedAtMs = view.transaction.receivedAt.getTime();
  const ageMs = sentAtMs === null ? 0 : receivedAtMs - sentAtMs;
  const isExpired = view.authentication.dkim.some(
    ({ aligned, expiresAtSeconds }) =>
      aligned && expiresAtSeconds !== null && expiresAtSeconds * 1000 < receivedAtMs,
  );
  const named = new Set(view.message.addressees.map(({ address }) => address));
  const unnamed = view.transaction.envelope.rcptTo.filter(
    (recipient) => !named.has(recipient.toLowerCase()),
  ).length;
  return [
    {
      signal: 'signature-age',
      level: isExpired ? ageSteps.length + 1 : ageSteps.filter((step) => ageMs > step).length,
      shown: `signed ${Math.round(ageMs / 3_600_000)} hours ago${isExpired ? ', expired since' : ''}`,
    },
    {
      signal: 'recipient-mismatch',
      level: unnamed > 0 ? 1 : 0,
      shown: 'the recipient is not named in To or Cc',
    },
  ];
}

/** The signature that makes the message the alias's: aligned first, then any that passes. */
export function alignedSignature({ dkim }: AuthenticationResults): DkimSignature | null {
  const passing = dkim.filter((signature) => signature.result === 'pass');
  return passing.find((signature) => signature.aligned) ?? passing[0] ?? null;
}

/** Fields whose content a replay could change or add when they are not signed (RFC 6376 §5.4.1, §8.15). */
const mattering = ['from', 'to', 'subject', 'date'];
/** The same of what a message may lack: where answers go, how the body is read (RFC 6376 §8.2). */
const matteringWherePresent = ['reply-to', 'content-type'];

function signatureSightings(
  signature: DkimSignature,
  fields: readonly HeaderField[],
): readonly Sighting[] {
  const key = `${signature.domain} ${signature.selector}`;
  const sighting = (value: string, shown: string): Sighting => ({
    signal: 'unsigned-fields',
    table: 'selector',
    value,
    shown,
  });
  return [
    { signal: 'selector', table: 'selector', value: key, shown: `signed by ${key}` },
    ...gapsOf(signature, fields).map(({ name, isAdded }) =>
      isAdded
        ? sighting(`added ${name}`, `more ${name} fields than were signed`)
        : sighting(`unsigned ${name}`, `${name} is not signed`),
    ),
    ...(signature.coversWholeBody
      ? []
      : [sighting('unsigned end of the body', 'end of the body is not signed')]),
  ];
}

type Gap = { readonly name: string; readonly isAdded: boolean };

/**
 * A name in h= covers one copy, the last that is not covered yet (RFC 6376 §5.4.2): another copy above it passes
 * unsigned, and programs may show that one.
 */
function gapsOf({ signedFields }: DkimSignature, fields: readonly HeaderField[]): readonly Gap[] {
  return [...mattering, ...matteringWherePresent].flatMap((name): readonly Gap[] => {
    const covered = signedFields.filter((signed) => signed === name).length;
    const present = fields.filter((field) => field.name === name).length;
    if (covered > 0) return present > covered ? [{ name, isAdded: true }] : [];
    return present > 0 || mattering.includes(name) ? [{ name, isAdded: false }] : [];
  });
}

/** The address block a host stands in: /24, or /48 of IPv6. */
export function networkOf(address: string): string {
  if (address.includes(':')) return `${expandIpv6(address).slice(0, 3).join(':')}::/48`;
  return `${address.split('.').slice(0, 3).join('.')}.0/24`;
}

function expandIpv6(address: string): readonly string[] {
  const [left = '', right] = address.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  return [
    ...head,
    ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0'),
    ...tail,
  ];
}

/** The address a Sender Rewriting Scheme wrapped: the forwarder is not the sender. */
function unwrapSrs(address: string): string {
  const match =
    /^SRS0[=+-][^=]+=[^=]+=([^=]+)=(.+)@/i.exec(address) ??
    /^SRS1[=+-][^=]+=[^=]+==[^=]+=[^=]+=([^=]+)=(.+)@/i.exec(address);
  return match ? `${match[2] ?? ''}@${match[1] ?? ''}` : address;
}

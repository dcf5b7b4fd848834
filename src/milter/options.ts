import { MilterFault } from './milter-fault.ts';
import { encodePacket } from './packet.ts';

/** What a milter may do with a message (`SMFIF_*`). */
export const actionFlags = {
  addFields: 0x01,
  changeBody: 0x02,
  changeFields: 0x10,
  quarantine: 0x20,
  chooseMacros: 0x100,
} as const;

/** What need not be sent (`SMFIP_NO*`), what gets no reply (`SMFIP_NR_*`), and how header fields are sent. */
export const stepFlags = {
  noUnknown: 0x100,
  noData: 0x200,
  silentHeader: 0x80,
  silentConnect: 0x1000,
  silentHelo: 0x2000,
  silentMail: 0x4000,
  silentRcpt: 0x8000,
  silentData: 0x1_0000,
  silentUnknown: 0x2_0000,
  silentEndOfHeader: 0x4_0000,
  silentBody: 0x8_0000,
  leadingSpace: 0x10_0000,
} as const;

/** Of Sendmail 8.14 and Postfix 2.6 and later. */
export const ownVersion = 6;
const oldestVersion = 2;

const neededActions =
  actionFlags.addFields |
  actionFlags.changeBody |
  actionFlags.changeFields |
  actionFlags.quarantine;
const usefulActions = neededActions | actionFlags.chooseMacros;

/** Replies are wanted for recipients, and at the end of a message; everything else need not wait for us. */
const usefulSteps =
  Object.values(stepFlags).reduce((all, flag) => all | flag, 0) & ~stepFlags.silentRcpt;

/** Which step flag makes a command silent. */
const silencedBy: Readonly<Record<string, number>> = {
  C: stepFlags.silentConnect,
  H: stepFlags.silentHelo,
  M: stepFlags.silentMail,
  R: stepFlags.silentRcpt,
  T: stepFlags.silentData,
  U: stepFlags.silentUnknown,
  L: stepFlags.silentHeader,
  N: stepFlags.silentEndOfHeader,
  B: stepFlags.silentBody,
};

/** Macros by stage (`SMFIM_*`: connect, HELO, MAIL, RCPT, end of message): all that we read. */
const wantedMacros: readonly (readonly [stage: number, names: string])[] = [
  [0, 'j v {daemon_name} {client_addr} {client_name} {client_ptr} {client_resolve}'],
  [1, '{tls_version}'],
  [2, 'i {auth_type} {auth_authen} {mail_addr}'],
  [3, 'i {rcpt_addr}'],
  [5, 'i'],
];

/** What both sides agreed on. */
export type Agreement = {
  readonly version: number;
  /** Header values come with the space before them, and go so: every byte is known. */
  readonly leadingSpace: boolean;
  /** Whether the mail server waits for a reply to this packet. */
  readonly wantsReplyTo: (name: string) => boolean;
  /** Our packet. */
  readonly reply: Buffer;
};

/**
 * Takes of the mail server's offer (`SMFIC_OPTNEG`) what we use, in the lower of both versions.
 * @throws MilterFault `options` where it cannot do what we need, `protocol` where the packet is none.
 */
export function negotiate(offer: Buffer): Agreement {
  if (offer.length < 12) throw new MilterFault('protocol', 'options are cut short');
  const offeredVersion = offer.readUInt32BE(0);
  if (offeredVersion < oldestVersion)
    throw new MilterFault('options', `milter protocol ${offeredVersion} is too old: 2 is needed`);
  const actions = offer.readUInt32BE(4) & usefulActions;
  const steps = offer.readUInt32BE(8) & usefulSteps;
  if ((actions & neededActions) !== neededActions)
    throw new MilterFault(
      'options',
      'the mail server does not let us change header and body, and quarantine (SMFIF_ADDHDRS, SMFIF_CHGBODY, SMFIF_CHGHDRS, SMFIF_QUARANTINE)',
    );
  const version = Math.min(offeredVersion, ownVersion);
  return {
    version,
    leadingSpace: (steps & stepFlags.leadingSpace) !== 0,
    wantsReplyTo: (name) => ((silencedBy[name] ?? 0) & steps) === 0,
    reply: encodePacket(
      'O',
      numbers(version, actions, steps),
      ...((actions & actionFlags.chooseMacros) === 0 ? [] : macroLists()),
    ),
  };
}

function macroLists(): Buffer[] {
  return wantedMacros.flatMap(([stage, names]) => [numbers(stage), Buffer.from(`${names}\0`)]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

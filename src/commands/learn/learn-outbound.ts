import { arrivalOf } from '../../archive/arrival.ts';
import { NotMail, readArchive } from '../../archive/read-archive.ts';
import { dayOf } from '../../baseline/ledger.ts';
import type { Lists } from '../../features/lists.ts';
import { fieldBodies } from '../../message/header-block.ts';
import { readHeader, type Header } from '../../message/header.ts';
import { organizationOf } from '../../message/links.ts';
import { domainOf, parseMailboxes } from '../../message/mailbox.ts';
import type { OrganizationLedgers } from '../../organization/ledgers.ts';
import { identitiesOf } from '../../organization/sightings.ts';

/** What sent mail taught. */
export type OutboundCounts = {
  readonly messages: number;
  /** Distinct identities that we wrote to. */
  readonly correspondents: number;
};

type LearnOutbound = {
  readonly ledgers: Pick<OrganizationLedgers, 'count' | 'flush'>;
  readonly lists: Lists;
  readonly signal: AbortSignal;
};

const maxRecipients = 200;

/** Messages between two waits for the ledgers. */
const messagesAtOnce = 50;

/**
 * Reads archives of sent mail: everybody in To, Cc and Bcc becomes a correspondent that we wrote to.
 * @throws NotMail when a path holds no sent mail.
 */
export async function learnOutbound(
  paths: readonly string[],
  { ledgers, lists, signal }: LearnOutbound,
): Promise<OutboundCounts> {
  const known = new Set<string>();
  let messages = 0;
  for (const path of paths) {
    const before = messages;
    for await (const archived of readArchive(path)) {
      signal.throwIfAborted();
      const header = readHeader(archived.bytes);
      const sentAt = arrivalOf(archived, header);
      if (sentAt === null) continue;
      messages++;
      const written = writtenTo(header, lists);
      for (const identity of written) known.add(identity);
      const nothing = { sender: '', domains: [], correspondents: [], carried: null };
      ledgers.count({ ...nothing, day: dayOf(sentAt), written });
      if (messages % messagesAtOnce === 0) await ledgers.flush();
    }
    if (messages === before)
      throw new NotMail(
        `${path} holds no sent mail with a date: give an mbox file, a message, a Maildir or a folder of these`,
      );
  }
  await ledgers.flush();
  return { messages, correspondents: known.size };
}

/** Colleagues are no correspondents: their domain is the one that everybody pretends to write from. */
function writtenTo({ addressees, fields, from }: Header, lists: Lists): readonly string[] {
  const own = new Set(from.map(({ address }) => organizationOf(domainOf(address))));
  const hidden = parseMailboxes(['bcc', 'resent-bcc'].flatMap((name) => fieldBodies(fields, name)));
  return identitiesOf([...addressees, ...hidden], lists, maxRecipients).filter(
    (identity) => identity.includes('@') || !own.has(identity),
  );
}

import type { Alias } from '../../alias/alias.ts';
import { contactPointsOf } from '../../message/contact-points.ts';
import { foldText } from '../../message/fold.ts';
import { linksOf, organizationOf } from '../../message/links.ts';
import { domainOf } from '../../message/mailbox.ts';
import type { Message } from '../../message/message.ts';

/**
 * The rule that filters without history are given: a telephone number, or a link off the vendor's own domains, in the
 * mail of a trusted sender. Reads what the detector reads, attachments included.
 */
export function breaksFixedRule(message: Message, { pack }: Alias): boolean {
  const author = message.from[0];
  const blocks = [
    ...(message.html?.blocks ?? []),
    ...message.textBlocks,
    ...message.attachments.flatMap((attachment) => attachment.blocks),
  ];
  const text = foldText([message.subject, author?.name ?? '', ...blocks].join('\n'));
  if (contactPointsOf(text).some((point) => isForeignPhone(point, pack?.phones ?? []))) return true;
  const own = new Set([
    organizationOf(domainOf(author?.address ?? '')),
    ...(pack?.linkDomains ?? []),
  ]);
  const written = [
    ...(message.html?.links ?? []),
    ...message.attachments.flatMap((attachment) => attachment.links),
  ];
  return linksOf(written, blocks).some(
    ({ host, domain }) => !own.has(domain) && !own.has(organizationOf(host)),
  );
}

function isForeignPhone(
  { kind, value }: { readonly kind: string; readonly value: string },
  own: readonly string[],
): boolean {
  return kind === 'phone' && !own.includes(value);
}

import { canonicalAddress } from '../alias/address.ts';
import type { Alias } from '../alias/alias.ts';
import { tenantOf } from '../alias/tenant.ts';
import { vendorSlug } from '../alias/vendor-slug.ts';
import { domainOf } from '../message/mailbox.ts';
import type { LevelReading } from './features.ts';
import type { Lists, OurActor } from './lists.ts';
import type { MessageView } from './message-view.ts';
import { phraseWords } from './phrase-words.ts';

const maxWords = 5000;
const maxText = 50_000;

/** Addresses and domains: whom a message is for says nothing of whom it is from. */
const addressText = /[^\s<>"']{0,100}@[^\s<>"']{1,100}|(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}\b/gi;

/**
 * Our own tenants and accounts at the vendor of an alias, as `lists.yaml: ourActors` names them under the alias or its
 * vendor; null where nothing is listed.
 */
export function ourActorsOf(alias: Alias, { ourActors }: Lists): readonly OurActor[] | null {
  const keys = new Set([alias.id, vendorSlug(alias.vendor)]);
  const listed = [...keys].flatMap((key) => ourActors.get(key) ?? []);
  return listed.length === 0 ? null : listed;
}

/**
 * Whether somebody of ours filled the message: named in the display name (less its "via …"), in subject or body, as the
 * place in a tenant's address, or where answers go. Nobody of ours is level 1. Not asked where none of ours are listed.
 */
export function ourActorLevels(view: MessageView): readonly LevelReading[] {
  const { alias } = view;
  const ours = alias ? ourActorsOf(alias, view.lists) : null;
  if (!alias || ours === null) return [];
  const isOurs = ours.some((actor) => isAddressed(actor, alias, view) || isNamed(actor, view));
  const shown = `nobody of ours wrote it (display name "${view.displayName.slice(0, 60)}")`;
  return [{ signal: 'foreign-actor', level: isOurs ? 0 : 1, shown }];
}

function isAddressed(
  { address: ours }: OurActor,
  alias: Alias,
  { address, message }: MessageView,
): boolean {
  if (tenantOf(alias, address) === ours) return true;
  return message.replyTo.some((mailbox) => {
    const canonical = canonicalAddress(mailbox.address);
    if (canonical === null) return false;
    const domain = domainOf(canonical);
    return canonical === ours || domain === ours || domain.endsWith(`.${ours}`);
  });
}

function isNamed({ phrase }: OurActor, view: MessageView): boolean {
  if (phrase === '') return false;
  const places = [nameOfActor(view.foldedName), view.foldedSubject, view.foldedBody];
  return places.some((text) => wordsIn(text.slice(0, maxText)).includes(` ${phrase} `));
}

/** The words of a text between single spaces, one before and one after. */
function wordsIn(text: string): string {
  return ` ${phraseWords(text.replaceAll(addressText, ' '), maxWords).join(' ')} `;
}

/** `Alder Foods via DocuSign` is of Alder Foods. */
function nameOfActor(displayName: string): string {
  return displayName.replace(/[\s(]*\bvia\b.*$/isu, '').trim();
}

import { allHeld } from '../quarantine/all-held.ts';
import type { HeldSummary } from '../quarantine/quarantine.ts';
import { attackOf } from './attack-record.ts';
import { aboutCampaign, campaignOfRecord, type CampaignRecord } from './campaign-record.ts';
import type { CampaignMember, CampaignSummary, PageRequest } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import { campaignTag, keyTag, messageOf, type WatchedMessage } from './watched-message.ts';

type Reading = Pick<ReviewDependencies, 'store' | 'quarantine'>;

export type CampaignView = {
  readonly summary: CampaignSummary;
  readonly members: readonly CampaignMember[];
};

/** Campaigns by their last message, newest first; `after` is the id of a campaign. */
export async function listCampaigns(
  deps: Reading,
  { limit, after }: PageRequest,
): Promise<readonly CampaignSummary[]> {
  const { store } = deps;
  const [last = null] = after === undefined ? [] : await store.read('campaign', [after]);
  const records = await store.newest('campaign', { tag: null, limit, after: last });
  return Promise.all(
    records.map(campaignOfRecord).map(async (campaign) => {
      const [ids, held, [newest]] = await Promise.all([
        store.idsOf('message', tagsOf(campaign)),
        heldOf(deps, campaign.id),
        store.newest('message', { tag: campaignTag(campaign.id), limit: 1 }),
      ]);
      const members = new Set([...ids, ...held.map(({ id }) => id)]).size;
      const subject = newest === undefined ? '' : messageOf(newest).subject;
      return summarize(deps, campaign, { members, subject });
    }),
  );
}

/** One campaign with all that is remembered of it; null where nobody remembers it. */
export async function viewCampaign(deps: Reading, id: string): Promise<CampaignView | null> {
  const [campaign, held] = await Promise.all([findCampaign(deps, id), heldOf(deps, id)]);
  if (campaign === null) return null;
  const messages = await membersOf(deps, campaign);
  const heldById = new Map(held.map((summary) => [summary.id, summary]));
  const remembered = new Set(messages.map((message) => message.id));
  const members = [
    ...messages.map((message) => memberOf(message, heldById.get(message.id) ?? null)),
    ...held.filter((summary) => !remembered.has(summary.id)).map(memberOfHeld),
  ].toSorted((left, right) => (left.at < right.at ? -1 : 1));
  const subject = members.at(-1)?.subject ?? '';
  return {
    summary: await summarize(deps, campaign, { members: members.length, subject }),
    members,
  };
}

/** As flagged messages made it known, or as its held mail still shows. */
export async function findCampaign(
  { store, quarantine }: Reading,
  id: string,
): Promise<CampaignRecord | null> {
  const [[found = null], [attack = null], page] = await Promise.all([
    store.read('campaign', [id]),
    store.read('attack', [id]),
    quarantine.list({ campaign: id, state: 'any' }, { limit: 1 }),
  ]);
  if (found !== null) return campaignOfRecord(found);
  const [newest] = page.messages;
  const confirmed = attack === null ? null : attackOf(attack);
  if (confirmed === null && newest === undefined) return null;
  const at = newest?.heldAt ?? confirmed?.at ?? '';
  return {
    id,
    aliases: confirmed?.aliases ?? [newest?.alias ?? ''],
    firstSeen: at,
    lastSeen: at,
    keys: confirmed?.keys ?? [],
    values: confirmed?.values ?? [],
  };
}

/** Its flagged messages, and those without a campaign that share what tells it, on its aliases. */
export async function membersOf(
  { store }: Pick<Reading, 'store'>,
  campaign: Pick<CampaignRecord, 'id' | 'aliases' | 'keys'>,
): Promise<readonly WatchedMessage[]> {
  const ids = await store.idsOf('message', tagsOf(campaign));
  const records = await store.read('message', ids);
  return records.filter((record) => record !== null).map(messageOf);
}

/** Held mail waits longer than messages are remembered. */
function heldOf({ quarantine }: Reading, campaign: string): Promise<HeldSummary[]> {
  return Array.fromAsync(allHeld(quarantine, { campaign, state: 'any' }));
}

/** Names under which its messages are found: flagged ones, and those without a campaign that share what tells it. */
export function tagsOf({ id, aliases, keys }: Pick<CampaignRecord, 'id' | 'aliases' | 'keys'>) {
  return [campaignTag(id), ...aliases.flatMap((alias) => keys.map((key) => keyTag(alias, key)))];
}

async function summarize(
  { store, quarantine }: Reading,
  campaign: CampaignRecord,
  { members, subject }: { readonly members: number; readonly subject: string },
): Promise<CampaignSummary> {
  const { id, aliases, firstSeen, lastSeen } = campaign;
  const [{ total }, [attack = null]] = await Promise.all([
    quarantine.list({ campaign: id, state: 'held' }, { limit: 1 }),
    store.read('attack', [id]),
  ]);
  return {
    id,
    about: aboutCampaign(campaign, subject),
    aliases,
    firstSeen,
    lastSeen,
    members,
    held: total,
    confirmed: attack !== null,
  };
}

/** A watched message as a member; `held` is what the quarantine knows of it. */
export function memberOf(message: WatchedMessage, held: HeldSummary | null): CampaignMember {
  const { id, at, alias, messageId, from, subject, recipients, moreRecipients, scoreBits } =
    message;
  const seen = { id, at, alias, messageId, from, subject, recipients, scoreBits };
  const more = moreRecipients === undefined ? {} : { moreRecipients };
  if (held !== null) {
    // The quarantine knows all of them.
    const whole = moreRecipients === undefined ? {} : { recipients: held.envelope.rcptTo };
    return { ...seen, ...whole, state: held.state, reply: lastReply(held) };
  }
  // Purged from the quarantine's bin, or held by a node whose quarantine is elsewhere.
  if (message.isHeld) return { ...seen, ...more, state: 'deleted', reply: '' };
  const state = message.campaign === '' ? 'delivered-before-flag' : 'delivered-tagged';
  return { ...seen, ...more, state, reply: message.reply };
}

function memberOfHeld(held: HeldSummary): CampaignMember {
  const { id, heldAt, alias, messageId, from, subject, envelope, scoreBits, state } = held;
  const recipients = envelope.rcptTo;
  const seen = { id, at: heldAt, alias, messageId, from, subject, recipients, scoreBits };
  return { ...seen, state, reply: lastReply(held) };
}

function lastReply({ deliveries }: HeldSummary): string {
  return deliveries.findLast(({ delivered }) => delivered)?.reply ?? '';
}

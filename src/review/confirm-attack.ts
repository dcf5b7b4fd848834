import { dayOf } from '../baseline/ledger.ts';
import { confirmedCampaign, type ConfirmedAttacks } from '../decision/confirmed-attacks.ts';
import { allHeld } from '../quarantine/all-held.ts';
import { QuarantineError } from '../quarantine/quarantine-error.ts';
import {
  attackOf,
  campaignOfOne,
  carrierName,
  everyAttack,
  storedAttack,
  type AttackRecord,
} from './attack-record.ts';
import { campaignOfRecord, type CampaignRecord } from './campaign-record.ts';
import { findCampaign, membersOf } from './campaign-view.ts';
import type { Act, Effect, Target } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import { forgetMessage, learnAgain } from './teach.ts';
import { messageOf, type NotedMessage } from './watched-message.ts';

const mostAttacks = 5000;

/** A campaign, and the messages that somebody pointed at to name it. */
export type Attacked = { readonly campaign: CampaignRecord; readonly named: readonly string[] };

const mostNamed = 100;

/** The campaigns that a target names; a message that nobody flagged is one of its own. */
export async function attackedCampaigns(
  deps: ReviewDependencies,
  target: Target,
): Promise<readonly Attacked[]> {
  if ('campaign' in target) {
    const campaign = await findCampaign(deps, target.campaign);
    return campaign === null ? [] : [{ campaign, named: [] }];
  }
  const attacked = new Map<string, Attacked>();
  for (const id of 'message' in target ? [target.message] : target.messages) {
    const campaign = await campaignOfMessage(deps, id);
    if (campaign === null) continue;
    const named = [...(attacked.get(campaign.id)?.named ?? []), id].slice(0, mostNamed);
    attacked.set(campaign.id, { campaign, named });
  }
  return [...attacked.values()];
}

async function campaignOfMessage(
  deps: ReviewDependencies,
  id: string,
): Promise<CampaignRecord | null> {
  const [[record = null], held] = await Promise.all([
    deps.store.read('message', [id]),
    deps.quarantine.find(id).catch((error: unknown) => {
      if (error instanceof QuarantineError && error.problem === 'invalid-id') return null;
      throw error;
    }),
  ]);
  const message = record === null ? null : messageOf(record);
  const campaign = held?.campaign ?? message?.campaign ?? '';
  if (campaign !== '') return findCampaign(deps, campaign);
  if (message !== null) {
    const { at, alias, telling: keys, values } = message;
    const seen = { aliases: [alias], firstSeen: at, lastSeen: at };
    return { id: campaignOfOne(id), ...seen, keys, values };
  }
  if (held === null) return null;
  const { heldAt, alias } = held;
  const seen = { aliases: [alias], firstSeen: heldAt, lastSeen: heldAt };
  return { id: campaignOfOne(id), ...seen, keys: [], values: [] };
}

/** Makes a campaign an attack: its values count on every alias, and what it taught is forgotten. May be repeated. */
export async function confirmCampaign(
  deps: ReviewDependencies,
  { campaign, named }: Attacked,
  act: Act,
): Promise<{ readonly effects: readonly Effect[]; readonly isNew: boolean }> {
  const { store } = deps;
  const { id, aliases, keys, values } = campaign;
  const { id: made, at } = act;
  const attack: AttackRecord = { campaign: id, aliases, keys, values, named, act: made, at };
  const kept = await store.change('attack', id, (found) => found ?? storedAttack(attack));
  const confirmedBy = kept === null ? act.id : attackOf(kept).act;
  const isNew = confirmedBy === act.id;
  await store.bound('attack', everyAttack, mostAttacks);
  await deps.onChange?.();
  if (isNew) tellOrganization(deps, campaign);
  const messages = await messagesOfCampaign(deps, campaign);
  const effects: Effect[] = [];
  for (const message of new Set([...named, ...messages])) {
    if (await forgetMessage(deps, message, confirmedBy))
      effects.push({ message, outcome: 'done', detail: 'what it taught is forgotten' });
  }
  return { effects, isNew };
}

type Telling = Pick<ReviewDependencies, 'organization' | 'now'>;

function tellOrganization({ organization, now }: Telling, { id, values }: CampaignRecord): void {
  if (values.length === 0) return;
  organization?.count({
    day: dayOf(now()),
    sender: '',
    domains: [],
    correspondents: [],
    written: [],
    carried: { alias: carrierName(id), values },
  });
}

/**
 * A campaign may be confirmed in the second before it is stored, while all that is known of it is its held mail: what its
 * messages share follows once they are stored.
 */
export async function completeAttacks(
  deps: Pick<ReviewDependencies, 'store'> & Telling,
  messages: readonly Pick<NotedMessage, 'campaign'>[],
): Promise<void> {
  const { store } = deps;
  const ids = [...new Set(messages.map(({ campaign }) => campaign))].filter((id) => id !== '');
  for (const record of await store.read('attack', ids)) {
    if (record === null || attackOf(record).keys.length > 0) continue;
    const [found = null] = await store.read('campaign', [record.id]);
    if (found === null) continue;
    const campaign = campaignOfRecord(found);
    const { aliases, keys, values } = campaign;
    if (keys.length === 0) continue;
    await store.change(
      'attack',
      record.id,
      (now) => now && storedAttack({ ...attackOf(now), aliases, keys, values }),
    );
    tellOrganization(deps, campaign);
  }
}

/** Ids of the campaigns that an act made attacks, also where it broke off. */
export async function attacksOf(
  { store }: Pick<ReviewDependencies, 'store'>,
  act: string,
): Promise<readonly string[]> {
  const records = await store.newest('attack', { tag: null, limit: 2 * mostAttacks });
  return records
    .map(attackOf)
    .filter((attack) => attack.act === act)
    .map(({ campaign }) => campaign);
}

/** Takes the word back: what was forgotten is learned again. May be repeated. */
export async function unconfirmCampaign(
  deps: ReviewDependencies,
  id: string,
  confirmedBy: string,
): Promise<readonly Effect[]> {
  const { store, organization } = deps;
  const [found = null] = await store.read('attack', [id]);
  const attack = found === null ? null : attackOf(found);
  if (attack === null || attack.act !== confirmedBy)
    return [{ message: id, outcome: 'already', detail: 'it is no confirmed attack of this act' }];
  const campaign = await findCampaign(deps, id);
  const messages = await messagesOfCampaign(deps, {
    id,
    aliases: campaign?.aliases ?? attack.aliases,
    keys: [...new Set([...attack.keys, ...(campaign?.keys ?? [])])],
  });
  const effects: Effect[] = [];
  for (const message of new Set([...attack.named, ...messages])) {
    if (await learnAgain(deps, message, confirmedBy))
      effects.push({ message, outcome: 'done', detail: 'learned again' });
  }
  if (attack.values.length > 0)
    await organization?.uncarry({ alias: carrierName(id), values: attack.values });
  await store.change('attack', id, () => null);
  await deps.onChange?.();
  return [{ message: id, outcome: 'done', detail: 'no attack any more' }, ...effects];
}

/** Ids of its messages, remembered or held; of one that stands alone, of itself. */
async function messagesOfCampaign(
  deps: ReviewDependencies,
  campaign: Pick<CampaignRecord, 'id' | 'aliases' | 'keys'>,
): Promise<readonly string[]> {
  const [members, held] = await Promise.all([
    membersOf(deps, campaign),
    Array.fromAsync(
      allHeld(deps.quarantine, { campaign: campaign.id, state: 'any' }),
      ({ id }) => id,
    ),
  ]);
  return [...new Set([...members.map(({ id }) => id), ...held])];
}

/** Forgets what passed and was learned while word of an attack was on its way to this node. */
export async function forgetMissed(
  deps: Pick<ReviewDependencies, 'store' | 'baselines' | 'organization' | 'now'>,
  attacks: ConfirmedAttacks,
  messages: readonly Pick<NotedMessage, 'id' | 'alias' | 'telling' | 'hasTaught'>[],
): Promise<void> {
  for (const { id, alias, telling, hasTaught } of messages) {
    if (!hasTaught) continue;
    const keys = telling.map((key) => ({ key, isWidespread: false }));
    const campaign = confirmedCampaign(alias, keys, attacks);
    const [found = null] = campaign === null ? [] : await deps.store.read('attack', [campaign]);
    if (found !== null) await forgetMessage(deps, id, attackOf(found).act);
  }
}

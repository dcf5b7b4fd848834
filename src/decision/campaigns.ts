import type { Campaign } from './campaign.ts';

/** A campaign that has been seen. */
export type KnownCampaign = Campaign & {
  /** Alias ids, in the order in which it came through them. */
  readonly aliases: readonly string[];
  readonly messages: number;
  readonly lastSeenMs: number;
  /** When it was last told of, and how many messages it had then. */
  readonly toldMs: number;
  readonly toldMessages: number;
};

export type CampaignSighting = {
  readonly campaign: Campaign;
  readonly alias: string;
  readonly atMs: number;
};

export type Joined = {
  /** Newest first. */
  readonly known: readonly KnownCampaign[];
  readonly joined: KnownCampaign;
  readonly isFirst: boolean;
  /** Messages since it was last told of, where it is time to tell of it again; else null. */
  readonly newMessages: number | null;
};

const hourMs = 3_600_000;
/** A campaign is remembered this long after its last message. */
const memoryMs = 14 * 24 * hourMs;
/** Aliases that share a value are one campaign when it comes through them this close together. */
const acrossAliasesMs = hourMs;
const maxCampaigns = 1000;
const maxKeys = 40;
const maxAliases = 50;
/** Share of new text that copies have in common: other names and amounts are most of the rest. */
const alike = 0.5;

/**
 * Counts a flagged message to the campaign it belongs to: one that shares a value with it on the same alias, or on any
 * alias within the hour, or whose text on the same alias is much the same. Text is compared as a set: locality-sensitive
 * hashes are too coarse for messages this short (detection 0.7).
 */
export function joinCampaign(
  known: readonly KnownCampaign[],
  { campaign, alias, atMs }: CampaignSighting,
): Joined {
  const remembered = known.filter(({ lastSeenMs }) => atMs - lastSeenMs <= memoryMs);
  const before = remembered.find(matcherOf({ campaign, alias, atMs }));
  const counted: KnownCampaign = before
    ? {
        ...before,
        aliases: union(before.aliases, [alias], maxAliases),
        keys: union(before.keys, campaign.keys, maxKeys),
        messages: before.messages + 1,
        lastSeenMs: Math.max(before.lastSeenMs, atMs),
      }
    : { ...campaign, aliases: [alias], messages: 1, lastSeenMs: atMs, toldMs: 0, toldMessages: 0 };
  const isDue = before === undefined || atMs - before.toldMs >= hourMs;
  const joined = isDue ? { ...counted, toldMs: atMs, toldMessages: counted.messages } : counted;
  return {
    known: [joined, ...remembered.filter((candidate) => candidate !== before)].slice(
      0,
      maxCampaigns,
    ),
    joined,
    isFirst: before === undefined,
    newMessages: isDue ? counted.messages - counted.toldMessages : null,
  };
}

/** Whether a campaign is the one that a message belongs to; what is asked of every candidate is worked out once. */
function matcherOf({ campaign, alias, atMs }: CampaignSighting) {
  const keys = new Set(campaign.keys);
  const text = new Set(campaign.text);
  return (candidate: KnownCampaign): boolean => {
    if (candidate.id === campaign.id) return true;
    const isHere = candidate.aliases.includes(alias);
    const isRecent = atMs - candidate.lastSeenMs <= acrossAliasesMs;
    if (!isHere && !isRecent) return false;
    if (candidate.keys.some((key) => keys.has(key))) return true;
    const byText = candidate.by === 'text' && campaign.by === 'text';
    return isHere && byText && similarity(candidate.text, text) >= alike;
  };
}

/** Jaccard's index: what two sets have in common of all they have, 0 to 1. */
function similarity(left: readonly string[], right: ReadonlySet<string>): number {
  const smaller = Math.min(left.length, right.size);
  // No overlap could make up for such a difference in size.
  if (smaller < alike * Math.max(left.length, right.size)) return 0;
  const shared = left.filter((value) => right.has(value)).length;
  return shared / Math.max(1, left.length + right.size - shared);
}

function union(left: readonly string[], right: readonly string[], most: number): readonly string[] {
  return [...new Set([...left, ...right])].slice(0, most);
}

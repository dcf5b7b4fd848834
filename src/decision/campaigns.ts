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
  const before = remembered.find((candidate) => belongs(candidate, { campaign, alias, atMs }));
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

function belongs(candidate: KnownCampaign, { campaign, alias, atMs }: CampaignSighting): boolean {
  const sameAlias = candidate.aliases.includes(alias);
  if (candidate.id === campaign.id) return true;
  if (campaign.keys.some((key) => candidate.keys.includes(key)))
    return sameAlias || atMs - candidate.lastSeenMs <= acrossAliasesMs;
  const byText = candidate.by === 'text' && campaign.by === 'text';
  return sameAlias && byText && similarity(candidate.text, campaign.text) >= alike;
}

/** Jaccard's index: what two sets have in common of all they have, 0 to 1. */
function similarity(left: readonly string[], right: readonly string[]): number {
  const inLeft = new Set(left);
  const shared = right.filter((value) => inLeft.has(value)).length;
  return shared / Math.max(1, left.length + right.length - shared);
}

function union(left: readonly string[], right: readonly string[], most: number): readonly string[] {
  return [...new Set([...left, ...right])].slice(0, most);
}

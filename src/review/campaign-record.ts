import type { StoredRecord } from './review-store.ts';
import type { NotedMessage } from './watched-message.ts';

/** What the flagged messages of one campaign share. */
export type CampaignRecord = {
  readonly id: string;
  /** Aliases it came through, in that order. */
  readonly aliases: readonly string[];
  /** ISO 8601, of flagged messages. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly keys: readonly string[];
  /** `table value`. */
  readonly values: readonly string[];
};

/** Held mail may wait longer than messages are remembered. */
const campaignDays = 35;
const maxAliases = 50;
const maxKeys = 40;
const maxValues = 40;

/** Adds flagged messages of one campaign. */
export function joinMessages(
  before: CampaignRecord | null,
  messages: readonly Pick<NotedMessage, 'at' | 'alias' | 'campaign' | 'telling' | 'values'>[],
): CampaignRecord {
  const times = messages.map(({ at }) => at);
  return {
    id: before?.id ?? messages[0]?.campaign ?? '',
    aliases: union(
      before?.aliases,
      messages.map(({ alias }) => alias),
      maxAliases,
    ),
    firstSeen: [before?.firstSeen ?? '9', ...times].reduce((a, b) => (a < b ? a : b)),
    lastSeen: [before?.lastSeen ?? '', ...times].reduce((a, b) => (a > b ? a : b)),
    keys: union(
      before?.keys,
      messages.flatMap(({ telling }) => telling),
      maxKeys,
    ),
    values: union(
      before?.values,
      messages.flatMap(({ values }) => values),
      maxValues,
    ),
  };
}

function union(
  left: readonly string[] | undefined,
  right: readonly string[],
  most: number,
): readonly string[] {
  return [...new Set([...(left ?? []), ...right])].slice(0, most);
}

export function storedCampaign(campaign: CampaignRecord): StoredRecord {
  const atMs = Date.parse(campaign.lastSeen);
  const untilMs = atMs + campaignDays * 86_400_000;
  return { id: campaign.id, atMs, untilMs, tags: [], text: JSON.stringify(campaign) };
}

export function campaignOfRecord({ text }: StoredRecord): CampaignRecord {
  return JSON.parse(text) as CampaignRecord;
}

const kinds: Readonly<Record<string, string>> = {
  contact: 'number or wallet',
  'reply-to': 'answers to',
  domain: 'domain',
};

/** What its members share, for a person; `subject` is that of the newest. */
export function aboutCampaign({ values }: Pick<CampaignRecord, 'values'>, subject: string): string {
  for (const [table, words] of Object.entries(kinds)) {
    const value = values.find((name) => name.startsWith(`${table} `));
    if (value !== undefined) return `${words} ${value.slice(table.length + 1)}`;
  }
  return subject === '' ? 'wording or pattern' : `wording of "${subject.slice(0, 80)}"`;
}

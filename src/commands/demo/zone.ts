import {
  AUTHORITATIVE_ANSWER,
  RECURSION_DESIRED,
  type Answer,
  type DecodedPacket,
  type Packet,
  type RecordType,
} from 'dns-packet';

/** What is published at one name. Each element is one record; a TXT string may be longer than 255 bytes. */
export type ZoneRecords = {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  readonly TXT?: readonly string[];
  readonly MX?: readonly { readonly exchange: string; readonly priority: number }[];
  readonly PTR?: readonly string[];
  readonly CNAME?: readonly string[];
  /** What a query for a type without records here gets instead of an empty answer. */
  readonly fault?: 'servfail' | 'drop';
};

/** Names in lower case, without the final dot. */
export type Zone = Readonly<Record<string, ZoneRecords>>;

const ttlSeconds = 300;
const servfail = 2;
const nxdomain = 3;
const refused = 5;

/** The answer to one query, or null where a fault drops it. */
export function respond(query: DecodedPacket, zone: Zone): Packet | null {
  const question = query.questions?.[0];
  const base: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & RECURSION_DESIRED),
    questions: query.questions ?? [],
  };
  const withCode = (code: number): Packet => ({ ...base, flags: (base.flags ?? 0) | code });
  if (question === undefined || query.questions?.length !== 1) return withCode(refused);
  const name = question.name.toLowerCase();
  const records = recordsAt(name, zone);
  const answers = answersAt(name, question.type, zone);
  if (answers.length > 0) return { ...base, answers };
  if (records?.fault === 'drop') return null;
  if (records?.fault === 'servfail') return withCode(servfail);
  return exists(name, zone) ? base : withCode(nxdomain);
}

/** A query may ask for `constructor`. */
function recordsAt(name: string, zone: Zone): ZoneRecords | undefined {
  return Object.hasOwn(zone, name) ? zone[name] : undefined;
}

/** A name above a published one exists without records (RFC 8020). */
function exists(name: string, zone: Zone): boolean {
  return Object.keys(zone).some(
    (published) => published === name || published.endsWith(`.${name}`),
  );
}

/** Records of the type, or the CNAME and what its target has (RFC 1034 §4.3.2); a chain ends after eight. */
function answersAt(name: string, type: RecordType, zone: Zone, depth = 0): Answer[] {
  const records = recordsAt(name, zone);
  if (records === undefined || depth > 8) return [];
  const alias = records.CNAME?.[0];
  if (alias !== undefined && type !== 'CNAME') {
    const target = alias.toLowerCase().replace(/\.$/, '');
    return [
      { type: 'CNAME', name, ttl: ttlSeconds, data: target },
      ...answersAt(target, type, zone, depth + 1),
    ];
  }
  const header = { name, ttl: ttlSeconds };
  switch (type) {
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'CNAME':
      return (records[type] ?? []).map((data) => ({ ...header, type, data }));
    case 'TXT':
      return (records.TXT ?? []).map((text) => ({ ...header, type, data: characterStrings(text) }));
    case 'MX':
      return (records.MX ?? []).map(({ exchange, priority }) => ({
        ...header,
        type,
        data: { exchange, preference: priority },
      }));
    default:
      return [];
  }
}

/** RFC 1035 §3.3.14: TXT data is a list of strings of at most 255 bytes; readers join them. */
function characterStrings(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const count = Math.max(1, Math.ceil(bytes.length / 255));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * 255, (index + 1) * 255),
  );
}

/**
 * `message`: watched mail that passed or was held; `act`: what reviewers decided; `approval`: values approved for an
 * alias; `attack`: confirmed campaigns; `campaign`: what flagged messages shared; `lesson`: what an act taught.
 */
export const recordKinds = ['message', 'act', 'approval', 'attack', 'campaign', 'lesson'] as const;
export type RecordKind = (typeof recordKinds)[number];

export type StoredRecord = {
  readonly id: string;
  /** Milliseconds since 1970; listings go by it. */
  readonly atMs: number;
  /** When it goes, or null: never. Records of one kind are all kept equally long. */
  readonly untilMs: number | null;
  /** Names under which it is found, at most 1,200; hashes where they would name a person. */
  readonly tags: readonly string[];
  /** JSON, by `review-records.ts`. */
  readonly text: string;
};

export type Listing = {
  /** Null for every record of the kind. */
  readonly tag: string | null;
  readonly limit: number;
  /** Only what is older than this record. */
  readonly after?: Pick<StoredRecord, 'atMs' | 'id'> | null;
};

/** What a record becomes, null for none; pure, since it is asked again where another process was quicker. */
export type RecordChange = (record: StoredRecord | null) => StoredRecord | null;

/**
 * What reviewers decide and decide about, shared by every node of a site. An implementation rejects when it cannot
 * answer within its deadline.
 */
export interface ReviewStore extends AsyncDisposable {
  /** Adds or replaces. */
  put(kind: RecordKind, records: readonly StoredRecord[]): Promise<void>;
  /** In the order of the ids; null for what is not there. */
  read(kind: RecordKind, ids: readonly string[]): Promise<readonly (StoredRecord | null)[]>;
  /** Replaces one atomically and gives what it became. */
  change(kind: RecordKind, id: string, change: RecordChange): Promise<StoredRecord | null>;
  /** Newest first. */
  newest(kind: RecordKind, listing: Listing): Promise<readonly StoredRecord[]>;
  /** Ids of all records that are there with one of the tags, each once, in no order. */
  idsOf(kind: RecordKind, tags: readonly string[]): Promise<readonly string[]>;
  /** Removes the oldest under a tag beyond `most`, give or take a tenth. */
  bound(kind: RecordKind, tag: string, most: number): Promise<void>;
  /** Takes a name for so long, alone among all nodes; again by the same owner it is prolonged. False where it is taken. */
  claim(name: string, owner: string, durationMs: number): Promise<boolean>;
  /** Gives a claimed name back. */
  disclaim(name: string, owner: string): Promise<void>;
  /** Another number after every change of approvals and confirmed attacks: what scoring keeps in memory is outdated then. */
  revision(): Promise<number>;
  /** Throws when the store does not answer. */
  ping(): Promise<void>;
}

/** Kinds that scoring keeps in memory. */
export function isInForce(kind: RecordKind): boolean {
  return kind === 'approval' || kind === 'attack';
}

/** How many of `size` records leave; cut back in bulk, so that it costs little per record. */
export function surplusOf(size: number, most: number): number {
  return size > most + Math.floor(most / 10) ? size - most : 0;
}

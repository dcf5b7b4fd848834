import { addCounters, dayOf, hourOf, subtractCounters, type Snapshot } from './ledger.ts';
import * as retention from './retention.ts';
import { SqliteActors } from './sqlite-actors.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import { SqliteNames, type NameId } from './sqlite-names.ts';
import { SqliteSnapshots } from './sqlite-snapshots.ts';
import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import { SqliteTraffic } from './sqlite-traffic.ts';
import type { Commit, Observation, ObserveRequest, StoredValue, StoreLimits } from './store.ts';
import * as form from './stored-form.ts';
import { forgetDay, touchRecord, untouchRecord } from './value-record.ts';

type Description = { readonly snapshot: Snapshot; readonly values: readonly StoredValue[] };

/** What the SQLite store does within one transaction. */
export class SqliteBaselines {
  readonly #names: SqliteNames;
  readonly #ledger: SqliteLedger;
  readonly #traffic: SqliteTraffic;
  readonly #actors: SqliteActors;
  readonly #snapshots: SqliteSnapshots;
  readonly #limits: StoreLimits;
  readonly #today: () => number;
  #lastExpiry = 0;
  /** Alias that the round of the day has come to; null between two rounds. */
  #expiredUpTo: NameId | null = null;

  /** `now` is the machine's clock, by which what only guards against repetition expires. */
  constructor(statements: SqliteStatements, limits: StoreLimits, now: () => Date) {
    this.#names = new SqliteNames(statements);
    this.#ledger = new SqliteLedger(statements, this.#names);
    this.#traffic = new SqliteTraffic(statements, now);
    this.#actors = new SqliteActors(statements);
    this.#snapshots = new SqliteSnapshots(statements, {
      ledger: this.#ledger,
      traffic: this.#traffic,
      windowDays: limits.windowDays,
    });
    this.#limits = limits;
    this.#today = () => dayOf(now());
  }

  aliases(): readonly string[] {
    return this.#ledger.aliases();
  }

  /**
   * What is due by the machine's clock, of one alias with each write: once a day the round begins, and no message waits for
   * the rows of all aliases.
   */
  expire(): void {
    const today = this.#today();
    if (this.#expiredUpTo === null && this.#lastExpiry !== today) {
      this.#lastExpiry = today;
      this.#expiredUpTo = 0;
    }
    if (this.#expiredUpTo === null) return;
    this.#expiredUpTo = this.#traffic.aliasAfter(this.#expiredUpTo);
    if (this.#expiredUpTo === null) return;
    this.#traffic.dropExpired(this.#expiredUpTo, today);
    this.#actors.dropExpired(this.#expiredUpTo, today);
  }

  rolledBack(): void {
    this.#names.rolledBack();
    this.#snapshots.rolledBack();
  }

  observe(request: ObserveRequest): Observation {
    const { actor, at, count, values } = request;
    const alias = count ? this.#names.id(request.alias) : this.#names.known(request.alias);
    if (count) this.#countTraffic(alias, at);
    const ownMessage = count ? 0 : 1;
    const thisHour = this.#traffic.hourMessages(alias, hourOf(at)) + ownMessage;
    return {
      records: values.map(({ table, value }) =>
        this.#ledger.record(alias, table, form.storedValue(value)),
      ),
      reach: this.#ledger.record(alias, 'reach', '*'),
      signatureRecipients:
        request.signature === null
          ? 0
          : this.#signatureRecipients(alias, request, form.storedSignature(request.signature)),
      hourMessages: form.slidingHour(
        thisHour,
        this.#traffic.hourMessages(alias, hourOf(at) - 1),
        at,
      ),
      traffic: this.#actors.observe(
        alias,
        request,
        this.#ledger.record(alias, 'actor', form.storedValue(actor)),
        this.#today() + retention.actorDays,
      ),
      dayMessages: {
        today: this.#traffic.dayMessages(alias, dayOf(at)) + ownMessage,
        yesterday: this.#traffic.dayMessages(alias, dayOf(at) - 1),
      },
      snapshot: this.#snapshots.of(alias, dayOf(at), count),
    };
  }

  #countTraffic(alias: NameId, at: Date): void {
    this.#traffic.addHourMessage(alias, hourOf(at), {
      expires: this.#today() + retention.hourDays,
      ...retention.hours,
    });
    this.#traffic.addDayMessage(alias, dayOf(at), retention.trafficDays);
  }

  #signatureRecipients(
    alias: NameId,
    { at, count, recipients }: ObserveRequest,
    signature: string,
  ): number {
    const epoch = form.epochOf(dayOf(at));
    const before = this.#traffic.recipientCodes(alias, epoch, signature);
    const codes = form.mergeCodes(before ?? '', form.recipientCodes(recipients));
    if (count) {
      this.#traffic.setRecipientCodes(alias, epoch, { signature, codes });
      if (before === null)
        this.#traffic.pruneSignatures(alias, epoch, retention.signaturesPerEpoch);
    }
    return form.countCodes(
      form.mergeCodes(codes, this.#traffic.recipientCodes(alias, epoch - 1, signature) ?? ''),
    );
  }

  describe(name: string, at: Date): Description {
    const alias = this.#names.known(name);
    return {
      snapshot: this.#snapshots.of(alias, dayOf(at), false),
      values: this.#ledger.values(alias),
    };
  }

  commit(commit: Commit): void {
    const { id, day, counters, values } = commit;
    const alias = this.#names.id(commit.alias);
    if (!this.#remember(alias, form.storedCommitId(id))) return;
    const bucket = this.#ledger.bucket(alias, day);
    this.#ledger.setBucket(alias, day, addCounters(bucket ?? {}, counters));
    const outdated =
      bucket === null
        ? retention.outdatedBuckets(this.#ledger.bucketDays(alias), this.#limits)
        : [];
    for (const old of outdated) this.#ledger.dropBucket(alias, old);
    this.#snapshots.invalidate(alias, Math.min(day, ...outdated));
    this.#learnValues(alias, day, values);
  }

  #remember(alias: NameId, id: string): boolean {
    return this.#traffic.rememberCommit(alias, id, retention.appliedCommits);
  }

  #learnValues(alias: NameId, day: number, values: Commit['values']): void {
    let isNew = false;
    for (const touch of values) {
      const value = form.storedValue(touch.value);
      const before = this.#ledger.record(alias, touch.table, value);
      isNew ||= before === null;
      this.#ledger.setRecord(alias, {
        table: touch.table,
        value,
        record: touchRecord(before, touch, day),
      });
    }
    if (isNew) this.#boundValues(alias, [...new Set(values.map(({ table }) => table))]);
  }

  #boundValues(alias: NameId, touched: readonly string[]): void {
    const sizes = this.#ledger.sizes(alias);
    const evict = (table: string, surplus: number) => {
      if (surplus === 0) return;
      const records = this.#ledger.records(alias, table);
      for (const value of retention.outdatedValues(records, surplus))
        this.#ledger.dropValue(alias, table, value);
      sizes.set(table, records.size - surplus);
    };
    for (const table of touched) {
      evict(
        table,
        retention.surplusValues(sizes.get(table) ?? 0, retention.valueCap(table, this.#limits)),
      );
    }
    const crowded = retention.crowdedTable(sizes, touched, this.#limits);
    if (crowded !== null) evict(crowded.table, crowded.surplus);
  }

  retract({ alias: name, id, day, counters, values }: Commit): void {
    const alias = this.#names.id(name);
    const areAllRemembered =
      retention.areCommitsKnown(day, this.#today()) &&
      this.#traffic.rememberedCommits(alias) < retention.appliedCommits.keep;
    if (!this.#remember(alias, form.storedRetractionId(id))) return;
    const isNew = this.#remember(alias, form.storedCommitId(id));
    if (isNew && areAllRemembered) return; // it was lost
    const rest = subtractCounters(this.#ledger.bucket(alias, day) ?? {}, counters);
    if (Object.keys(rest).length > 0) this.#ledger.setBucket(alias, day, rest);
    else this.#ledger.dropBucket(alias, day);
    this.#snapshots.invalidate(alias, day);
    for (const { table, value: given } of values) {
      const value = form.storedValue(given);
      const record = this.#ledger.record(alias, table, value);
      const left = record === null ? null : untouchRecord(record);
      if (left !== null) this.#ledger.setRecord(alias, { table, value, record: left });
      else if (record !== null) this.#ledger.dropValue(alias, table, value);
    }
  }

  forget(name: string, day: number | null): void {
    const alias = this.#names.known(name);
    if (day === null) this.#forgetAlias(alias);
    else this.#forgetDay(alias, day);
  }

  eraseValue(table: string, value: string): number {
    return this.#ledger.eraseValue(table, form.storedValue(value));
  }

  #forgetAlias(alias: NameId): void {
    this.#snapshots.dropAlias(alias);
    this.#ledger.dropAlias(alias);
    this.#traffic.dropAlias(alias);
    this.#actors.dropAlias(alias);
  }

  #forgetDay(alias: NameId, day: number): void {
    this.#ledger.dropBucket(alias, day);
    this.#traffic.dropDay(alias, day);
    this.#snapshots.invalidate(alias, day);
    for (const { table, value, record } of this.#ledger.values(alias)) {
      const rest = forgetDay(record, day);
      if (rest === null) this.#ledger.dropValue(alias, table, value);
      else if (rest !== record) this.#ledger.setRecord(alias, { table, value, record: rest });
    }
  }
}

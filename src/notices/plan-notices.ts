import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import { newTransactionId } from '../smtp/transaction-id.ts';
import { campaignPauseMs, fullPacePerDay, pastPaceMs } from './notice-times.ts';

type Waiting = { readonly recipient: string; readonly audience: string; readonly kind: string };

const dayMs = 86_400_000;
/** Addressees planned in one transaction: nothing else runs meanwhile. */
const maxAtOnce = 200;
const same = 'recipient = ? AND audience = ? AND kind = ?';

/**
 * Makes one notice per addressee and kind of what is due; `all` also of what has time. An addressee hears of a campaign
 * at most once an hour, and past its daily number at most once an hour in all: the rest waits and is counted. Gives
 * whether there is more to plan.
 */
export function planNotices(sql: SqliteStatements, now: Date, which: 'due' | 'all'): boolean {
  const at = now.getTime();
  const until = which === 'all' ? Number.MAX_SAFE_INTEGER : at;
  const waiting = sql.all(
    'SELECT DISTINCT recipient, audience, kind FROM entry WHERE notice IS NULL AND due_ms <= ? LIMIT ?',
    until,
    maxAtOnce,
  ) as readonly Waiting[];
  for (const { recipient, audience, kind } of waiting) {
    const whose = [recipient, audience, kind] as const;
    if (which === 'due') {
      const freeAt = addresseeFreeAt(sql, recipient, audience, at);
      if (freeAt > at) {
        sql.run(
          `UPDATE entry SET due_ms = ? WHERE ${same} AND notice IS NULL AND due_ms <= ?`,
          freeAt,
          ...whose,
          at,
        );
        continue;
      }
      pauseCampaigns(sql, whose, at);
    }
    const due = `${same} AND notice IS NULL AND due_ms <= ?`;
    if (sql.get(`SELECT 1 FROM entry WHERE ${due} LIMIT 1`, ...whose, until) === undefined)
      continue;
    const id = newTransactionId(now);
    sql.run(
      "INSERT INTO notice VALUES (?, ?, ?, ?, ?, 'pending', 0, ?, 0, NULL, '')",
      id,
      ...whose,
      at,
      at,
    );
    sql.run(`UPDATE entry SET notice = ? WHERE ${due}`, id, ...whose, until);
  }
  return waiting.length === maxAtOnce;
}

/** When this addressee may hear of something again. */
function addresseeFreeAt(
  sql: SqliteStatements,
  recipient: string,
  audience: string,
  at: number,
): number {
  const row = sql.get(
    "SELECT count(*) AS number, max(created_ms) AS last FROM notice WHERE recipient = ? AND audience = ? AND created_ms > ? AND state <> 'settled'",
    recipient,
    audience,
    at - dayMs,
  );
  if (((row?.['number'] ?? 0) as number) < fullPacePerDay) return at;
  return ((row?.['last'] ?? 0) as number) + pastPaceMs;
}

/** Puts off what belongs to a campaign that the addressee has heard of within the hour. */
function pauseCampaigns(
  sql: SqliteStatements,
  whose: readonly [string, string, string],
  at: number,
): void {
  const told = sql.all(
    'SELECT entry.campaign AS campaign, max(notice.created_ms) AS last FROM notice JOIN entry ON entry.notice = notice.id WHERE notice.recipient = ? AND notice.audience = ? AND notice.kind = ? AND notice.created_ms > ? GROUP BY entry.campaign',
    ...whose,
    at - campaignPauseMs,
  );
  for (const { campaign, last } of told)
    sql.run(
      `UPDATE entry SET due_ms = ? WHERE ${same} AND campaign = ? AND notice IS NULL AND due_ms <= ?`,
      (last as number) + campaignPauseMs,
      ...whose,
      campaign as string,
      at,
    );
}

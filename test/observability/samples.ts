import type { CompletedTransaction } from '../../src/observability/events.ts';
import { createLog } from '../../src/observability/log.ts';
import type { LogLevel } from '../../src/observability/log.ts';
import { readHeader } from '../../src/message/header.ts';
import { reply } from '../../src/smtp/reply.ts';
import { authentication, decision, score, transaction } from '../action/samples.ts';

export const secret = 'call +1 802 555 0100 about your invoice';

export const completed: CompletedTransaction = {
  transaction: transaction(),
  header: readHeader(
    Buffer.from(
      `From: Billing <billing@vendor.test>\r\nMessage-ID: <1@vendor.test>\r\nSubject: ${secret}\r\n\r\n`,
    ),
  ),
  authentication,
  alias: 'vendor-billing',
  score,
  decision: { ...decision, reason: secret },
  conditionFailures: [],
  reply: reply(250, '2.0.0', 'queued as 4XyZ'),
  ruleset: '4f1c00aa11bb',
  durationMs: 42,
};

/** A log whose lines can be read back. */
export function recordedLog(level: LogLevel) {
  const written: string[] = [];
  const log = createLog(level, { write: (line) => void written.push(line) });
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, written, lines };
}

import type { Alias } from '../../alias/alias.ts';
import type { ArchivedMessage } from '../../archive/mbox.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import type { Decision } from '../../decision/decision.ts';
import { readHeader } from '../../message/header.ts';
import { parseMessage, type Message } from '../../message/message.ts';
import { inject, injectionKinds, type InjectionKind } from './inject.ts';
import type { LureBank } from './lures.ts';
import type { Scorer } from './scorer.ts';

/** Until both are past, an alias is only learned (corpora: "after warm-up"). */
const warmUp = { messages: 20, days: 14 };
const injectionsPerStream = 30;

export type AliasCounts = {
  readonly alias: string;
  readonly messages: number;
  readonly scored: number;
  readonly tagged: number;
  readonly quarantined: number;
};
export type InjectionResult = {
  readonly kind: InjectionKind;
  readonly alias: string;
  readonly messages: number;
  readonly tagged: boolean;
  readonly quarantined: boolean;
  readonly bits: number;
};
/** An honest message that was flagged. */
export type Alarm = {
  readonly source: string;
  readonly alias: string;
  readonly bits: number;
  readonly reason: string;
};

export type StreamResult = {
  readonly counts: AliasCounts;
  readonly injections: readonly InjectionResult[];
  readonly alarms: readonly Alarm[];
  readonly scores: readonly number[];
};

export type Stream = {
  readonly address: string;
  readonly alias: Alias;
  readonly messages: readonly ArchivedMessage[];
};

/**
 * Replays one stream in arrival order: score, then learn, flagged mail left out (prequential). After warm-up, up to 30
 * messages evenly over the stream are scored again with one slot changed, against the very same history.
 */
export async function replayStream(
  stream: Stream,
  {
    store,
    score,
    bank,
    report,
  }: {
    readonly store: BaselineStore;
    readonly score: Scorer;
    readonly bank: LureBank | null;
    readonly report: () => void;
  },
): Promise<StreamResult> {
  const arrivals = stream.messages.map(({ arrivedAt }) => arrivedAt ?? new Date(0));
  const first = arrivals[0]?.getTime() ?? 0;
  const isWarm = (index: number) =>
    index >= warmUp.messages &&
    (arrivals[index]?.getTime() ?? 0) - first >= warmUp.days * 86_400_000;
  const chosen = evenly(
    stream.messages.map((_, index) => index).filter(isWarm),
    injectionsPerStream,
  );
  const result = {
    injections: [] as InjectionResult[],
    alarms: [] as Alarm[],
    scores: [] as number[],
    scored: 0,
    tagged: 0,
    quarantined: 0,
  };
  for (const [index, archived] of stream.messages.entries()) {
    report();
    const receivedAt = arrivals[index] ?? new Date(0);
    const message = await parse(archived);
    if (message === null) continue;
    const asked = { id: archived.source, message, alias: stream.alias, receivedAt };
    const honest = await score({ ...asked, countsTraffic: true });
    if (bank && chosen.has(index))
      result.injections.push(
        ...(await injectAll({ asked, address: stream.address, score, bank, index })),
      );
    if (isWarm(index)) {
      result.scored++;
      result.scores.push(honest.score.bits);
      if (isFlagged(honest.decision)) {
        result.tagged++;
        result.alarms.push({
          source: archived.source,
          alias: stream.address,
          bits: honest.score.bits,
          reason: honest.decision.reason,
        });
      }
      if (honest.decision.action === 'quarantine') result.quarantined++;
    }
    if (honest.lesson) await store.commit(honest.lesson);
  }
  const { scored, tagged, quarantined, ...rest } = result;
  return {
    counts: {
      alias: stream.address,
      messages: stream.messages.length,
      scored,
      tagged,
      quarantined,
    },
    ...rest,
  };
}

type InjectAll = {
  readonly asked: {
    readonly id: string;
    readonly message: Message;
    readonly alias: Alias;
    readonly receivedAt: Date;
  };
  readonly address: string;
  readonly score: Scorer;
  readonly bank: LureBank;
  readonly index: number;
};

async function injectAll({
  asked,
  address,
  score,
  bank,
  index,
}: InjectAll): Promise<readonly InjectionResult[]> {
  const results: InjectionResult[] = [];
  for (const [offset, { kind }] of injectionKinds.entries()) {
    const message = inject(asked.message, kind, { bank, index: index + offset });
    const {
      score: { bits, messages },
      decision,
    } = await score({ ...asked, message, countsTraffic: false });
    results.push({
      kind,
      alias: address,
      messages,
      tagged: isFlagged(decision),
      quarantined: decision.action === 'quarantine',
      bits,
    });
  }
  return results;
}

/** Tag or stronger. */
export function isFlagged({ action }: Decision): boolean {
  return action !== 'pass';
}

async function parse({ bytes }: ArchivedMessage): Promise<Message | null> {
  return parseMessage(bytes, readHeader(bytes)).catch(() => null);
}

function evenly(indexes: readonly number[], limit: number): ReadonlySet<number> {
  const step = Math.max(1, indexes.length / limit);
  return new Set(
    Array.from(
      { length: Math.min(limit, indexes.length) },
      (_, position) => indexes[Math.floor(position * step)] ?? -1,
    ),
  );
}

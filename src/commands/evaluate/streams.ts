import type { Alias } from '../../alias/alias.ts';
import type { ArchivedMessage } from '../../archive/mbox.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import type { ReadAttachments } from '../../message/attachments/message-part.ts';
import { readHeader } from '../../message/header.ts';
import { parseMessage, type Message } from '../../message/message.ts';
import { factsOf, type Facts } from './facts.ts';
import { breaksFixedRule } from './fixed-rule.ts';
import { inject, injectionKinds, type InjectionKind } from './inject.ts';
import type { LureBank } from './lures.ts';
import type { Scorer } from './scorer.ts';
import { createNoveltyCounter, textKindOf, type TextKind } from './text-kind.ts';

/** Until both are past, an alias is only learned (corpora: "after warm-up"). */
const warmUp = { messages: 20, days: 14 };

/** Which lures, and into how many messages of a stream, spread evenly. */
export type InjectionPlan = {
  readonly kinds: readonly InjectionKind[];
  readonly perStream: number;
};

export const allInjections: InjectionPlan = {
  kinds: injectionKinds.map(({ kind }) => kind),
  perStream: 30,
};

export type ParseArchived = (archived: ArchivedMessage) => Promise<Message | null>;

export type Stream = {
  readonly address: string;
  readonly alias: Alias;
  readonly messages: readonly ArchivedMessage[];
  /** With attachments; null for what is no message. */
  readonly parse: ParseArchived;
};

/** A scored message of a stream: honest, or with one slot changed. */
export type StreamMessage = Facts & {
  readonly source: string;
  /** Position in the stream. */
  readonly index: number;
  readonly reason: string;
  readonly breaksFixedRule: boolean;
};

export type InjectionResult = StreamMessage & { readonly kind: InjectionKind };

export type StreamResult = {
  readonly address: string;
  readonly messages: number;
  readonly textKind: TextKind;
  /** Honest messages after warm-up. */
  readonly honest: readonly StreamMessage[];
  /** The honest messages as they would look to a site that has never heard of the alias: all of the stream. */
  readonly cold: readonly Facts[];
  readonly injections: readonly InjectionResult[];
};

export type ReplayOptions = {
  readonly store: BaselineStore;
  readonly score: Scorer;
  /** Scores without history and without pack; null to leave that out. */
  readonly scoreCold: Scorer | null;
  readonly bank: LureBank | null;
  readonly plan: InjectionPlan;
  readonly report: () => void;
};

/**
 * Replays one stream in arrival order: score, then learn, flagged mail left out (prequential). After warm-up, messages
 * evenly over the stream are scored again with one slot changed, against the very same history.
 */
export async function replayStream(stream: Stream, options: ReplayOptions): Promise<StreamResult> {
  const { store, score, scoreCold, bank, plan, report } = options;
  const arrivals = arrivalsOf(stream);
  const isWarm = warmAfter(arrivals);
  const chosen = evenly(arrivals.map((_, index) => index).filter(isWarm), plan.perStream);
  const countNovelWords = createNoveltyCounter();
  const novelWords: number[] = [];
  const honest: StreamMessage[] = [];
  const cold: Facts[] = [];
  const injections: InjectionResult[] = [];
  for (const [index, archived] of stream.messages.entries()) {
    report();
    const message = await stream.parse(archived);
    if (message === null) continue;
    const novel = countNovelWords(message);
    const receivedAt = arrivals[index] ?? new Date(0);
    const asked: Asked = { id: archived.source, message, alias: stream.alias, receivedAt };
    const judgement = await score({ ...asked, countsTraffic: true });
    if (scoreCold) {
      const strange = { ...asked, alias: { ...stream.alias, pack: null }, countsTraffic: false };
      cold.push(factsOf(await scoreCold(strange)));
    }
    if (bank && chosen.has(index))
      injections.push(...(await injectAll({ asked, score, bank, plan, index })));
    if (isWarm(index)) {
      novelWords.push(novel);
      honest.push(streamMessage(judgement, asked, index));
    }
    if (judgement.lesson) await store.commit(judgement.lesson);
  }
  return {
    address: stream.address,
    messages: stream.messages.length,
    textKind: textKindOf(novelWords),
    honest,
    cold,
    injections,
  };
}

/** Times of arrival, in the order of the stream. */
export function arrivalsOf(stream: Stream): readonly Date[] {
  return stream.messages.map(({ arrivedAt }) => arrivedAt ?? new Date(0));
}

/** Whether the message at a position comes after warm-up. */
export function warmAfter(arrivals: readonly Date[]): (index: number) => boolean {
  const first = arrivals[0]?.getTime() ?? 0;
  return (index) =>
    index >= warmUp.messages &&
    (arrivals[index]?.getTime() ?? 0) - first >= warmUp.days * 86_400_000;
}

type Asked = {
  readonly id: string;
  readonly message: Message;
  readonly alias: Alias;
  readonly receivedAt: Date;
};

type InjectAll = {
  readonly asked: Asked;
  readonly score: Scorer;
  readonly bank: LureBank;
  readonly plan: InjectionPlan;
  readonly index: number;
};

async function injectAll({ asked, score, bank, plan, index }: InjectAll) {
  const results: InjectionResult[] = [];
  for (const [offset, { kind }] of injectionKinds.entries()) {
    if (!plan.kinds.includes(kind)) continue;
    const message = inject(asked.message, kind, { bank, index: index + offset });
    const judgement = await score({ ...asked, message, countsTraffic: false });
    results.push({ kind, ...streamMessage(judgement, { ...asked, message }, index) });
  }
  return results;
}

function streamMessage(
  judgement: Awaited<ReturnType<Scorer>>,
  { id, message, alias }: Asked,
  index: number,
): StreamMessage {
  return {
    ...factsOf(judgement),
    source: id,
    index,
    reason: judgement.decision.reason,
    breaksFixedRule: breaksFixedRule(message, alias),
  };
}

/** Parses archived messages; attachments are read by `readAttachments`. */
export function createParser(readAttachments: ReadAttachments): ParseArchived {
  return ({ bytes }) => parseMessage(bytes, readHeader(bytes), readAttachments).catch(() => null);
}

/** At most `limit` of the items, spread evenly. */
export function evenly(indexes: readonly number[], limit: number): ReadonlySet<number> {
  const step = Math.max(1, indexes.length / limit);
  return new Set(
    Array.from(
      { length: Math.min(limit, indexes.length) },
      (_, position) => indexes[Math.floor(position * step)] ?? -1,
    ),
  );
}

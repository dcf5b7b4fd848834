import { shareOf, type Share } from './share.ts';
import type { StreamResult } from './streams.ts';

export type HonestCounts = {
  readonly messages: number;
  /** Those after warm-up. */
  readonly scored: number;
  readonly tagged: number;
  readonly quarantined: number;
};

/** An honest message that was flagged. */
export type Alarm = {
  readonly source: string;
  readonly alias: string;
  readonly bits: number;
  readonly reason: string;
};

export type HonestFigures = HonestCounts & {
  readonly perAlias: readonly (HonestCounts & { readonly alias: string })[];
  readonly alarms: readonly Alarm[];
};

/** The streams in arrival order: the false positives of an alias with history. */
export function honestFigures(streams: readonly StreamResult[]): HonestFigures {
  const perAlias = streams.map(({ address, messages, honest }) => ({
    alias: address,
    messages,
    ...counted(shareOf(honest)),
  }));
  return {
    messages: perAlias.reduce((sum, { messages }) => sum + messages, 0),
    ...counted(shareOf(streams.flatMap(({ honest }) => honest))),
    perAlias,
    alarms: streams.flatMap(({ address, honest }) =>
      honest
        .filter(({ tagged }) => tagged)
        .map(({ source, bits, reason }) => ({ source, alias: address, bits, reason })),
    ),
  };
}

export type ColdFigures = Share & {
  readonly perAlias: readonly (Share & { readonly alias: string })[];
};

/** Every honest message as if nobody had ever heard of its alias: what the cold figures of abuse cost. */
export function coldFigures(streams: readonly StreamResult[]): ColdFigures {
  return {
    ...shareOf(streams.flatMap(({ cold }) => cold)),
    perAlias: streams.map(({ address, cold }) => ({ alias: address, ...shareOf(cold) })),
  };
}

function counted({ n, ...flagged }: Share) {
  return { scored: n, ...flagged };
}

import { mislabelledClass, type AbuseResult } from './abuse.ts';
import { injectionKinds } from './inject.ts';
import type { StreamMessage, StreamResult } from './streams.ts';

export type Counted = { readonly n: number; readonly tagged: number };

/** One way to decide, on the later half of every stream; what it has to choose is chosen on the earlier half. */
export type MethodFigures = {
  readonly method: 'causes' | 'fixed-rule' | 'surprise';
  readonly title: string;
  /** Flagged above it; null where there is nothing to choose. */
  readonly thresholdBits: number | null;
  readonly honest: Counted;
  readonly byKind: readonly (Counted & { readonly kind: string })[];
  /** Real abuse with packs: campaigns with at least one flag. */
  readonly abuseCampaigns: Counted;
  readonly mislabelled: Counted;
};

type Judged = Pick<StreamMessage, 'tagged' | 'breaksFixedRule' | 'surpriseBits'>;
type Rule = {
  readonly method: MethodFigures['method'];
  readonly title: string;
  readonly thresholdBits: number | null;
  readonly flags: (message: Judged) => boolean;
};

/** Causes beside what they must beat: a fixed rule, and the sum of surprises at the same cost on earlier mail. */
export function comparisonFigures(
  streams: readonly StreamResult[],
  abuse: readonly AbuseResult[],
): readonly MethodFigures[] {
  const halves = streams.map((stream) => ({ stream, middle: middleOf(stream) }));
  const earlier = halves.flatMap(({ stream, middle }) =>
    stream.honest.filter(({ index }) => index < middle),
  );
  const later = halves.flatMap(({ stream, middle }) =>
    stream.honest.filter(({ index }) => index >= middle),
  );
  const injections = halves.flatMap(({ stream, middle }) =>
    stream.injections.filter(({ index }) => index >= middle),
  );
  return rulesFor(earlier).map(({ flags, ...rule }) => {
    const counted = (messages: readonly Judged[]) => ({
      n: messages.length,
      tagged: messages.filter(flags).length,
    });
    return {
      ...rule,
      honest: counted(later),
      byKind: injectionKinds
        .map(({ kind }) => ({
          kind,
          ...counted(injections.filter((injection) => injection.kind === kind)),
        }))
        .filter(({ n }) => n > 0),
      abuseCampaigns: campaigns(
        abuse.filter((result) => result.class !== mislabelledClass),
        flags,
      ),
      mislabelled: counted(abuse.filter((result) => result.class === mislabelledClass)),
    };
  });
}

function rulesFor(earlier: readonly StreamMessage[]): readonly Rule[] {
  const allowed = earlier.filter(({ tagged }) => tagged).length;
  const threshold = thresholdFor(
    earlier.map(({ surpriseBits }) => surpriseBits),
    allowed,
  );
  return [
    { method: 'causes', title: 'causes', thresholdBits: null, flags: ({ tagged }) => tagged },
    {
      method: 'fixed-rule',
      title: 'a telephone number or a foreign link',
      thresholdBits: null,
      flags: (message) => message.breaksFixedRule,
    },
    {
      method: 'surprise',
      title: 'sum of surprise, no causes',
      thresholdBits: threshold,
      flags: ({ surpriseBits }) => surpriseBits > threshold,
    },
  ];
}

/** The least value that at most `allowed` of the scores exceed. */
export function thresholdFor(scores: readonly number[], allowed: number): number {
  return scores.toSorted((left, right) => right - left)[allowed] ?? 0;
}

/** The index that halves what was scored of the stream. */
function middleOf({ honest }: StreamResult): number {
  return honest[Math.floor(honest.length / 2)]?.index ?? 0;
}

function campaigns(results: readonly AbuseResult[], flags: (message: Judged) => boolean): Counted {
  const all = new Set(results.map(({ campaign }) => campaign));
  const found = new Set(results.filter(flags).map(({ campaign }) => campaign));
  return { n: all.size, tagged: found.size };
}

import type { AbuseMail } from './abuse.ts';
import { mislabelledClass } from './abuse.ts';
import type { Counted } from './comparison-figures.ts';
import { inject, type InjectionKind } from './inject.ts';
import type { LureBank } from './lures.ts';
import { renderMessage } from './render-message.ts';
import { askRspamd, rspamdUrl } from './rspamd.ts';
import { askSpamAssassin } from './spamassassin.ts';
import { arrivalsOf, evenly, warmAfter, type Stream } from './streams.ts';

const honestPerStream = 6;
const sampledKinds: readonly InjectionKind[] = ['a', 'a3', 'c', 'd', 'e2'];

export type FilterFigures = {
  readonly name: string;
  /** Why it was not asked; null where it was. */
  readonly skipped: string | null;
  readonly honest: Counted;
  readonly byKind: readonly (Counted & { readonly kind: string })[];
  /** Labelled abuse by message, genuine mail left out. */
  readonly abuse: Counted;
};

type Sampled = { readonly group: string; readonly bytes: Buffer };

export type Sampling = {
  readonly streams: readonly Stream[];
  readonly bank: LureBank | null;
  readonly abuse: readonly AbuseMail[];
};

/** SpamAssassin and rspamd as they are installed here, on a sample of the same messages, all written out alike. */
export async function askOtherFilters(sampling: Sampling): Promise<readonly FilterFigures[]> {
  const sample = await sampleOf(sampling);
  return [
    await ask('SpamAssassin', sample, {
      judge: askSpamAssassin,
      otherwise: 'not installed: apt-get install spamassassin',
    }),
    await ask('rspamd', sample, {
      judge: askRspamd,
      otherwise: `nothing answers at ${rspamdUrl}: apt-get install rspamd, then rspamd -u _rspamd -g _rspamd`,
    }),
  ];
}

async function ask(
  name: string,
  sample: readonly Sampled[],
  {
    judge,
    otherwise,
  }: {
    readonly judge: (messages: readonly Buffer[]) => Promise<readonly boolean[]>;
    readonly otherwise: string;
  },
): Promise<FilterFigures> {
  const verdicts = await judge(sample.map(({ bytes }) => bytes)).catch(() => null);
  const isComplete = verdicts?.length === sample.length;
  const counted = (group: string): Counted => {
    const flags = isComplete ? verdicts.filter((_, index) => sample[index]?.group === group) : [];
    return { n: flags.length, tagged: flags.filter(Boolean).length };
  };
  return {
    name,
    skipped: isComplete
      ? null
      : verdicts === null
        ? otherwise
        : 'it did not answer for every message',
    honest: counted('honest'),
    byKind: sampledKinds.map((kind) => ({ kind, ...counted(kind) })),
    abuse: counted('abuse'),
  };
}

async function sampleOf({ streams, bank, abuse }: Sampling): Promise<readonly Sampled[]> {
  const sample: Sampled[] = [];
  for (const stream of streams) {
    const arrivals = arrivalsOf(stream);
    const warm = arrivals.map((_, index) => index).filter(warmAfter(arrivals));
    for (const index of evenly(warm, honestPerStream)) {
      const archived = stream.messages[index];
      const message = archived ? await stream.parse(archived) : null;
      if (message === null) continue;
      const receivedAt = arrivals[index] ?? new Date(0);
      sample.push({ group: 'honest', bytes: renderMessage(message, receivedAt) });
      if (bank === null) continue;
      for (const kind of sampledKinds)
        sample.push({
          group: kind,
          bytes: renderMessage(inject(message, kind, { bank, index }), receivedAt),
        });
    }
  }
  const attacks = abuse.filter((mail) => mail.class !== mislabelledClass);
  return [
    ...sample,
    ...attacks.map(({ message, receivedAt }) => ({
      group: 'abuse',
      bytes: renderMessage(message, receivedAt),
    })),
  ];
}

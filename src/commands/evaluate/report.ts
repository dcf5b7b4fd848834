import type { AbuseResult } from './abuse.ts';
import type { Evaluation } from './evaluate-mail.ts';
import { injectionKinds } from './inject.ts';
import { wilsonInterval } from './interval.ts';
import type { AliasCounts, InjectionResult } from './streams.ts';

type Share = { readonly n: number; readonly tagged: number; readonly quarantined: number };

/** The figures as one object; `tagged` counts tag or stronger. */
export function evaluationJson({ streams, abuse, mislabelled }: Evaluation): object {
  const perAlias = streams.map(({ counts }) => counts);
  const injections = streams.flatMap((stream) => stream.injections);
  return {
    streams: { ...totals(perAlias), perAlias, alarms: streams.flatMap((stream) => stream.alarms) },
    injection: { byKind: byKind(injections) },
    abuse: {
      ...abuseTotals(abuse),
      byClass: groups(abuse, (result) => result.class).map(([name, results]) => ({
        class: name,
        ...abuseTotals(results),
      })),
      byAlias: groups(abuse, (result) => result.alias).map(([alias, results]) => ({
        alias,
        pack: results[0]?.hasPack === true,
        ...abuseTotals(results),
      })),
    },
    legitMislabelled: {
      n: mislabelled.length,
      tagged: mislabelled.filter(({ tagged }) => tagged).length,
    },
  };
}

/** The same for people, with counts and 95 % intervals. Kept apart on purpose: false positives, recall, real abuse. */
export function evaluationText({ streams, abuse, mislabelled }: Evaluation): string {
  const sum = totals(streams.map(({ counts }) => counts));
  const lines = [
    'Honest mail, in arrival order, after warm-up',
    `  ${streams.length} aliases, ${sum.messages} messages, ${sum.scored} scored`,
    `  tagged      ${rate(sum.tagged, sum.scored)}`,
    `  quarantined ${rate(sum.quarantined, sum.scored)}`,
    ...streams
      .flatMap(({ alarms }) => alarms)
      .map(
        ({ alias, bits, reason }) =>
          `    ${alias}, ${bits.toFixed(1)} bits: ${reason.slice(0, 160)}`,
      ),
    '',
  ];
  const injected = byKind(streams.flatMap((stream) => stream.injections));
  if (injected.length > 0) {
    lines.push(
      'One slot of an honest message changed, same history as its twin',
      '  kind  n    tagged   held     at n >= 100: n    tagged   held',
    );
    for (const { kind, title, n, tagged, quarantined, at100 } of injected) {
      lines.push(
        `  ${kind.padEnd(4)}  ${String(n).padEnd(4)} ${percent(tagged, n)} ${percent(quarantined, n)}                ${String(at100.n).padEnd(4)} ${percent(at100.tagged, at100.n)} ${percent(at100.quarantined, at100.n)}  ${title}`,
      );
    }
    lines.push('');
  }
  if (abuse.length + mislabelled.length > 0) {
    lines.push('Real abuse, every alias without history');
    for (const [name, results] of groups(abuse, (result) => result.class)) {
      const { messages, tagged, campaigns, campaignsTagged } = abuseTotals(results);
      lines.push(
        `  ${name}: campaigns tagged ${rate(campaignsTagged, campaigns)}; messages ${tagged} of ${messages}`,
      );
    }
    lines.push(
      `  genuine mail reported as phishing: tagged ${mislabelled.filter(({ tagged }) => tagged).length} of ${mislabelled.length}`,
      '',
    );
  }
  return lines.join('\n');
}

function totals(perAlias: readonly AliasCounts[]) {
  const sum = (field: 'messages' | 'scored' | 'tagged' | 'quarantined') =>
    perAlias.reduce((total, counts) => total + counts[field], 0);
  return {
    messages: sum('messages'),
    scored: sum('scored'),
    tagged: sum('tagged'),
    quarantined: sum('quarantined'),
  };
}

function byKind(results: readonly InjectionResult[]) {
  return injectionKinds
    .map(({ kind, title }) => {
      const ofKind = results.filter((result) => result.kind === kind);
      const atLeast = (messages: number) =>
        share(ofKind.filter((result) => result.messages >= messages));
      return { kind, title, ...share(ofKind), at100: atLeast(100), at200: atLeast(200) };
    })
    .filter(({ n }) => n > 0);
}

function share(results: readonly InjectionResult[]): Share {
  return {
    n: results.length,
    tagged: results.filter(({ tagged }) => tagged).length,
    quarantined: results.filter(({ quarantined }) => quarantined).length,
  };
}

function abuseTotals(results: readonly AbuseResult[]) {
  const flagged = results.filter(({ tagged }) => tagged);
  const campaigns = (of: readonly AbuseResult[]) =>
    new Set(of.map(({ campaign }) => campaign)).size;
  return {
    messages: results.length,
    tagged: flagged.length,
    campaigns: campaigns(results),
    campaignsTagged: campaigns(flagged),
  };
}

function groups<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly (readonly [string, readonly Item[]])[] {
  return [...Map.groupBy(items, nameOf)].sort(([left], [right]) => left.localeCompare(right));
}

function rate(events: number, trials: number): string {
  const [low, high] = wilsonInterval(events, trials);
  return `${events} of ${trials} (95 %: ${(1000 * low).toFixed(2)} to ${(1000 * high).toFixed(2)} in 1,000)`;
}

function percent(events: number, trials: number): string {
  return (trials === 0 ? '-' : `${Math.round((100 * events) / trials)} %`).padStart(6).padEnd(8);
}

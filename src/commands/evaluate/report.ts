import type { AbuseResult } from './abuse.ts';
import type { Evaluation } from './evaluate-mail.ts';
import { injectionFigures, type KindFigures } from './injection-figures.ts';
import { groupsOf, percentText, rateText, shareOf, type Share } from './share.ts';
import type { StreamResult } from './streams.ts';

/** The figures as one object; `tagged` counts tag or stronger. */
export function evaluationJson({ streams, abuse, mislabelled }: Evaluation): object {
  return {
    streams: {
      ...honestTotals(streams),
      perAlias: streams.map(aliasCounts),
      alarms: alarmsOf(streams),
    },
    injection: { byKind: injectionFigures(streams) },
    abuse: {
      ...abuseTotals(abuse),
      byClass: groupsOf(abuse, (result) => result.class).map(([name, results]) => ({
        class: name,
        ...abuseTotals(results),
      })),
      byAlias: groupsOf(abuse, (result) => result.alias).map(([alias, results]) => ({
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
  const sum = honestTotals(streams);
  const lines = [
    'Honest mail, in arrival order, after warm-up',
    `  ${streams.length} aliases, ${sum.messages} messages, ${sum.scored} scored`,
    `  tagged      ${rateText(sum.tagged, sum.scored)}`,
    `  quarantined ${rateText(sum.quarantined, sum.scored)}`,
    ...alarmsOf(streams).map(
      ({ alias, bits, reason }) => `    ${alias}, ${bits.toFixed(1)} bits: ${reason.slice(0, 160)}`,
    ),
    '',
  ];
  const injected = injectionFigures(streams);
  if (injected.length > 0) lines.push(...injectionLines(injected), '');
  if (abuse.length + mislabelled.length > 0) {
    lines.push('Real abuse, every alias without history');
    for (const [name, results] of groupsOf(abuse, (result) => result.class)) {
      const { messages, tagged, campaigns, campaignsTagged } = abuseTotals(results);
      lines.push(
        `  ${name}: campaigns tagged ${rateText(campaignsTagged, campaigns)}; messages ${tagged} of ${messages}`,
      );
    }
    lines.push(
      `  genuine mail reported as phishing: tagged ${mislabelled.filter(({ tagged }) => tagged).length} of ${mislabelled.length}`,
      '',
    );
  }
  return lines.join('\n');
}

function injectionLines(kinds: readonly KindFigures[]): readonly string[] {
  const columns = ['n >= 100', 'n >= 200', 'closed', 'rigid', 'mixed', 'free text'];
  return [
    'One slot of an honest message changed, same history as its twin: tagged / held, percent (messages)',
    `  ${'kind'.padEnd(6)}${['all', ...columns].map((name) => name.padEnd(17)).join('')}`,
    ...kinds.map(({ kind, title, ...of }) =>
      [
        `  ${kind.padEnd(6)}`,
        ...[of, of.at100, of.at200, of.closed, of.rigid, of.mixed, of.freeText].map((share) =>
          shareText(share).padEnd(17),
        ),
        title,
      ].join(''),
    ),
  ];
}

function shareText({ n, tagged, quarantined }: Share): string {
  const [flagged, held] = [percentText(tagged, n), percentText(quarantined, n)];
  return n === 0 ? '-' : `${flagged} / ${held} (${n})`.replace(' %', '').replace(' %', '');
}

function aliasCounts({ address, messages, honest }: StreamResult) {
  const { n, ...flagged } = shareOf(honest);
  return { alias: address, messages, scored: n, ...flagged };
}

function honestTotals(streams: readonly StreamResult[]) {
  const { n, ...flagged } = shareOf(streams.flatMap(({ honest }) => honest));
  const messages = streams.reduce((sum, stream) => sum + stream.messages, 0);
  return { messages, scored: n, ...flagged };
}

function alarmsOf(streams: readonly StreamResult[]) {
  return streams.flatMap(({ address, honest }) =>
    honest
      .filter(({ tagged }) => tagged)
      .map(({ source, bits, reason }) => ({ source, alias: address, bits, reason })),
  );
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

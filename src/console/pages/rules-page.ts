import { stageText } from '../../activation/stage-text.ts';
import type { Candidate } from '../../activation/rule-set-store.ts';
import type { Alias } from '../../alias/alias.ts';
import type { RecordedAct } from '../../audit/read-audit.ts';
import { scopeOf } from '../../decision/override-scope.ts';
import { byRank } from '../../decision/policy-override.ts';
import type { Ceiling, Policy } from '../../decision/policy.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { settingsText } from '../../decision/settings-text.ts';
import { html, type Html } from '../html.ts';
import type { ConsoleStatus } from '../sources.ts';
import { paths } from '../paths.ts';
import { toned } from './badges.ts';
import { dataTable, facts } from './data-table.ts';
import { chanceText, counted, countText, thresholdText } from './figures.ts';
import { moment } from './moments.ts';
import { visible } from './visible-text.ts';

export type RulesView = {
  readonly version: string;
  readonly policy: Policy;
  readonly aliases: readonly Alias[];
  /** Activations, newest first; null where there is no audit log to read them from. */
  readonly activations: readonly RecordedAct[] | null;
  /** Sets that were not put in force, in the same order. */
  readonly refusals: readonly RecordedAct[] | null;
  readonly candidate: Candidate | null;
  /** Null while mail is judged as usual. */
  readonly breaker: ConsoleStatus['breaker'];
};

export function rulesView(
  { version, policy, catalogue }: ActiveRules,
  besides: Pick<RulesView, 'activations' | 'refusals' | 'candidate' | 'breaker'>,
): RulesView {
  return { version, policy, aliases: catalogue.aliases, ...besides };
}

/** The set in force: what is flagged, what follows, for whom, and since when. */
export function rulesPage(view: RulesView): Html {
  const { version, policy, aliases, activations, refusals, candidate, breaker } = view;
  const last = activations?.find(({ subject }) => subject === version);
  return html`${facts([
      ['Version', html`<code>${version}</code>`],
      ...(last === undefined
        ? []
        : ([
            ['Since', moment(last.at)],
            ['By', visible(last.actor.name, 100)],
          ] as const)),
      ...(candidate === null ? [] : ([['Candidate', candidateText(candidate)]] as const)),
      [
        'Breaker',
        breaker === null
          ? toned('good', 'closed')
          : html`${toned('alarm', 'open')} ${visible(breaker.reason, 300)}`,
      ],
      ['Mode', policy.mode],
      ['Watched', counted(aliases.length, 'alias', 'aliases')],
    ])}
    <section>
      <h2>What follows from a score</h2>
      ${budgets(policy)}
    </section>
    <section>
      <h2>Other rules of the policy</h2>
      ${otherRules(policy)}
    </section>
    ${overrideTable(policy)} ${activations !== null && activationTable(activations)}
    ${refusals !== null && refusalTable(refusals)}
    <section>
      <h2>Watched aliases</h2>
      ${aliasTable(aliases)}
    </section>`;
}

function budgets({ tag, quarantine, actions }: Policy): Html {
  return dataTable(
    'Budgets',
    [
      { heading: 'Verdict' },
      { heading: 'Action in enforce' },
      { heading: 'Honest mail flagged, at most' },
      { heading: 'Never below', kind: 'number' },
    ],
    [
      ['suspicious', actions.suspicious, budgetText(tag), `${thresholdText(tag.floorBits)} bits`],
      [
        'anomalous',
        actions.anomalous,
        budgetText(quarantine),
        `${thresholdText(quarantine.floorBits)} bits`,
      ],
    ],
    '',
  );
}

function budgetText({ budget, alertsPerDay }: Policy['tag']): string {
  return alertsPerDay === null
    ? `${chanceText(budget)} messages`
    : `${counted(alertsPerDay, 'message')} a day`;
}

function otherRules({
  quarantine,
  impersonation,
  breaker,
  learning,
  limits,
  failOpen,
}: Policy): Html {
  const deferred = Object.entries(failOpen).filter(([, how]) => how === 'defer');
  return facts([
    [
      'Held only with a history of',
      `${countText(quarantine.minMessages)} messages on ${countText(quarantine.minDays)} days, or a vendor pack`,
    ],
    ['Impersonation', impersonation.action],
    [
      'Breaker',
      breaker.enabled
        ? `opens at ${thresholdText(breaker.systemicBits)} bits of coincidence, closes after ${counted(breaker.quietMinutes, 'quiet minute')}`
        : 'off',
    ],
    ['History kept', counted(learning.windowDays, 'day')],
    ['Ceiling per alias', ceilingText(limits.alias)],
    ['Ceiling per actor', ceilingText(limits.actor)],
    ['Ceiling per new actor', ceilingText(limits.newActor)],
    [
      'Deferred instead of relayed when unavailable',
      deferred.length === 0 ? 'never' : deferred.map(([cause]) => cause).join(', '),
    ],
  ]);
}

function ceilingText(ceiling: Ceiling | null): string {
  return ceiling === null
    ? 'none'
    : `${ceiling.action} above ${counted(ceiling.perHour, 'message')} an hour`;
}

function overrideTable({ overrides }: Policy): Html {
  if (overrides.length === 0) return html``;
  return html`<section>
    <h2>Overrides</h2>
    ${dataTable(
      'Overrides, the ones that win last',
      [
        { heading: 'For', kind: 'wide' },
        { heading: 'Sets', kind: 'wide' },
      ],
      byRank(overrides).map(({ for: selectors, set }) => [
        visible(scopeOf(selectors), 1000),
        visible(settingsText(set), 1000),
      ]),
      '',
    )}
  </section>`;
}

function activationTable(activations: readonly RecordedAct[]): Html {
  return html`<section>
    <h2>Activations</h2>
    ${dataTable(
      'Activations',
      [
        { heading: 'Version' },
        { heading: 'When', kind: 'nowrap' },
        { heading: 'Mode' },
        { heading: 'Watched', kind: 'number' },
      ],
      activations.map(({ subject, at, facts: { mode, aliases } }) => [
        html`<code>${visible(subject, 60)}</code>`,
        moment(at),
        visible(String(mode), 20),
        typeof aliases === 'number' ? countText(aliases) : '',
      ]),
      'No activation is on record.',
    )}
  </section>`;
}

function refusalTable(refusals: readonly RecordedAct[]): Html {
  return html`<section>
    <h2>Refusals</h2>
    ${dataTable(
      'Sets that were not put in force',
      [
        { heading: 'Version' },
        { heading: 'When', kind: 'nowrap' },
        { heading: 'Refused by' },
        { heading: 'Way in' },
        { heading: 'First problem', kind: 'wide' },
      ],
      refusals.map(({ subject, at, reason, facts: { step, via } }) => [
        subject === '' ? 'not valid' : html`<code>${visible(subject, 60)}</code>`,
        moment(at),
        visible(String(step), 20),
        visible(String(via), 20),
        visible(reason, 500),
      ]),
      'No refusal is on record.',
    )}
  </section>`;
}

function candidateText({ version, stage }: Candidate): Html {
  return html`<code>${visible(version, 60)}</code> (${visible(stageText(stage), 1000)})`;
}

const shownAliases = 500;

function aliasTable(aliases: readonly Alias[]): Html {
  return dataTable(
    'Watched aliases',
    [
      { heading: 'Alias' },
      { heading: 'Vendor' },
      { heading: 'Addresses', kind: 'wide' },
      { heading: 'Signed by' },
      { heading: 'From' },
    ],
    aliases
      .slice(0, shownAliases)
      .map(({ id, vendor, addresses, dkimDomains, pack }) => [
        html`<a href="${paths.alias(id)}">${id}</a>`,
        vendor,
        visible(addresses.slice(0, 5).join(', '), 300),
        visible(dkimDomains.slice(0, 5).join(', '), 200),
        pack === null ? toned('quiet', 'policy') : toned('good', 'pack'),
      ]),
    'No alias is watched: add a pack under rules/aliases, or an address to policy.yaml.',
  );
}

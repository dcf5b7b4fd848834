import { prepareActivation, type StepsPassed } from '../../activation/activation-step.ts';
import { activationStepsOf } from '../../activation/activation-steps.ts';
import { promoteCandidate, putInForce } from '../../activation/change-rules.ts';
import { loadStored } from '../../activation/load-stored.ts';
import type { Activation, InForce, Stage } from '../../activation/rule-set-store.ts';
import { usableInForce, type UsableRules } from '../../activation/usable-rules.ts';
import { loadRules } from '../../config/load-rules.ts';
import { formatProblem } from '../../config/rule-problem.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import type { Settings } from '../../config/settings.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { changedBy, openStoredRules, recordDone, recordRulesAct } from './stored-rules.ts';

export type ActivateFlags = SettingFlags & {
  readonly shadow?: boolean;
  readonly canary?: number;
  readonly canaryDomains?: readonly string[];
  readonly force?: boolean;
  readonly reason?: string;
  readonly promote?: boolean;
  readonly json?: boolean;
};

/** check → test → backtest → shadow, canary or in force. Exit code 1 where a step refuses the rules. */
export async function activateRules(
  context: CommandContext,
  directory: string | undefined,
  flags: ActivateFlags,
): Promise<void> {
  const stage = stageOf(flags);
  refuseContradictions(directory, stage, flags);
  const settings = await settingsFor(context, flags);
  await using store = await openStoredRules(settings);
  const state = await store.inForce();
  if (flags.promote === true) {
    const entry = await promoteCandidate(store, state, {
      ...changedBy(context, flags.reason),
      via: 'cli',
    });
    await report(context, settings, { entry, flags, stage: null });
    return;
  }
  const from = directory ?? settings.rulesDir;
  const rules = await validRules(context, settings, from);
  const stored = loadStored(store);
  const usable = await usableInForce(store, stored, state);
  // What is stored of it may be damaged: then it is stored anew.
  const isInForce = rules.version === state.active && usable.trouble === null;
  if (isInForce && (state.candidate === null || stage !== null)) {
    unchanged(context, rules.version, flags);
    return;
  }
  const steps = await prepared(context, {
    ...{ rules, state, usable },
    directory: from,
    stateDir: settings.stateDir,
  });
  if (steps.refusals.length > 0) {
    await recordRefusal(context, settings, rules.version, steps);
    if (flags.force !== true) {
      refuse(context, rules.version, steps, flags);
      return;
    }
  }
  const entry = await putInForce(store, state, {
    ...changedBy(context, flags.reason),
    via: 'cli',
    rules,
    stage,
    forced: steps.refusals.length > 0,
    steps: steps.summaries,
  });
  await report(context, settings, { entry, flags, stage });
}

function stageOf({ shadow, canary, canaryDomains }: ActivateFlags): Stage | null {
  const stages: Stage[] = [
    ...(shadow === true ? [{ kind: 'shadow' } as const] : []),
    ...(canary === undefined ? [] : [{ kind: 'canary', share: canary } as const]),
    ...(canaryDomains === undefined
      ? []
      : [{ kind: 'canary', recipientDomains: canaryDomains } as const]),
  ];
  if (stages.length > 1)
    throw usage('--shadow, --canary and --canary-domains are one or the other: give one of them');
  return stages[0] ?? null;
}

function refuseContradictions(
  directory: string | undefined,
  stage: Stage | null,
  { promote, force, reason = '' }: ActivateFlags,
): void {
  if (promote === true && (directory !== undefined || stage !== null || force === true))
    throw usage('--promote is about the candidate that there is: give no directory and no stage');
  if (force === true && reason.trim() === '')
    throw usage('--force overrules a refusal, so say why: --reason "…"');
}

function usage(message: string): CommandFailure {
  return new CommandFailure(message, { exitCode: exitCodes.usage });
}

async function validRules(
  context: CommandContext,
  settings: Settings,
  directory: string,
): Promise<RuleSet> {
  const loading = await loadRules(directory);
  if (loading.ok) return loading.rules;
  const problems = loading.problems.map(formatProblem);
  await recordRefusal(context, settings, '', { refusals: [{ step: 'check', problems }] });
  throw new CommandFailure(
    `the rules in ${directory} are not activated: what was in force stays\n${problems.join('\n')}`,
  );
}

type ToPrepare = {
  readonly rules: RuleSet;
  readonly state: InForce;
  readonly usable: UsableRules;
  readonly directory: string;
  readonly stateDir: string;
};

async function prepared(
  { signal }: CommandContext,
  { rules, state, usable, directory, stateDir }: ToPrepare,
): Promise<StepsPassed> {
  const active = usable.rules;
  const steps = activationStepsOf({ directory, stateDir, signal });
  const { summaries, refusals } = await prepareActivation({ rules, active }, steps);
  if (active !== null || state.active === null) return { summaries, refusals };
  const problems = [
    'it cannot be held against what is in force, nor against anything before that',
    ...(usable.trouble ?? '').split('\n'),
  ];
  return { summaries, refusals: [...refusals, { step: 'backtest', problems }] };
}

async function recordRefusal(
  context: CommandContext,
  settings: Settings,
  version: string,
  { refusals }: Pick<StepsPassed, 'refusals'>,
): Promise<void> {
  for (const { step, problems } of refusals)
    await recordRulesAct(context, settings, {
      act: 'rules-refused',
      subject: version,
      reason: problems[0] ?? '',
      facts: { step, via: 'cli', problems: problems.length },
    });
}

function refuse(
  context: CommandContext,
  version: string,
  { summaries, refusals }: StepsPassed,
  { json }: ActivateFlags,
): void {
  context.exit(exitCodes.failed);
  if (json === true) {
    printJson(context, { ok: false, version, steps: summaries, refusals });
    return;
  }
  const lines = refusals.flatMap(({ step, problems }) => [`refused by ${step}:`, ...problems]);
  context.stderr.write(
    `${[...summaries, ...lines].join('\n')}\nerror: ${version} is not activated: what was in force stays; --force --reason "…" overrules it\n`,
  );
}

function unchanged(context: CommandContext, version: string, { json }: ActivateFlags): void {
  if (json === true) printJson(context, { ok: true, version, changed: false });
  else context.stdout.write(`${version} is in force already\n`);
}

async function report(
  context: CommandContext,
  settings: Settings,
  {
    entry,
    stage,
    flags,
  }: { readonly entry: Activation; readonly stage: Stage | null; readonly flags: ActivateFlags },
): Promise<void> {
  const { version, previous, forced, reason, steps } = entry;
  await recordDone(context, settings, {
    act: 'rules-activated',
    subject: version,
    reason,
    facts: { stage: entry.stage, previous, forced },
  });
  if (flags.json === true) {
    printJson(context, { ok: true, changed: true, ...entry });
    return;
  }
  const before = previous === null ? '' : `; before it was ${previous}`;
  const sentence =
    entry.stage === 'enforce'
      ? `${version} is in force${before}`
      : `${version} is the candidate, ${describeStage(stage)}; ${previous ?? 'nothing'} stays in force, --promote changes that`;
  context.stdout.write(
    `${steps.map((step) => `${step}\n`).join('')}${sentence}${forced ? ' (forced)' : ''}\n`,
  );
}

function describeStage(stage: Stage | null): string {
  if (stage?.kind !== 'canary') return 'in shadow: it decides nothing';
  if ('share' in stage) return `deciding ${Number((stage.share * 100).toPrecision(3))} % of mail`;
  return `deciding mail to ${stage.recipientDomains.join(', ')}`;
}

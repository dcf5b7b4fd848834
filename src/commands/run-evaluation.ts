import { writeFile } from 'node:fs/promises';
import { activate } from '../activate-rules.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
  type Progress,
} from './command.ts';
import { rulesFor } from './command-rules.ts';
import { settingsFor } from './command-settings.ts';
import { evaluateMail } from './evaluate/evaluate-mail.ts';
import { reportPage } from './evaluate/html/report-page.ts';
import { figuresOf } from './evaluate/figures.ts';
import { evaluationText } from './evaluate/report.ts';
import type { SettingFlags } from './setting-options.ts';

export type EvaluateFlags = SettingFlags & {
  readonly streams: string;
  readonly abuse?: string;
  readonly lures?: string;
  readonly watchAll?: boolean;
  readonly scenarios?: boolean;
  readonly otherFilters?: boolean;
  readonly ablate?: boolean;
  readonly html?: string;
  readonly json?: boolean;
};

/** Measures detection on archived mail and prints the figures. */
export async function runEvaluation(context: CommandContext, flags: EvaluateFlags): Promise<void> {
  const {
    streams,
    abuse = null,
    lures = null,
    watchAll = false,
    scenarios = false,
    otherFilters = false,
    ablate = false,
    json = false,
  } = flags;
  const settings = await settingsFor(context, flags);
  const rules = activate(await rulesFor(settings), settings);
  using opened = new DisposableStack();
  let progress: Progress | null = null;
  const onStart = (messages: number) => {
    if (messages === 0) throw nothingWatched(streams);
    progress = opened.use(startProgress(context, { total: messages, unit: 'steps' }));
  };
  const onMessage = () => {
    if (context.signal.aborted)
      throw new CommandFailure('interrupted: nothing was measured', {
        exitCode: exitCodes.interrupted,
      });
    progress?.step();
  };
  const evaluation = await evaluateMail({
    streams,
    abuse,
    lures,
    watchAll,
    scenarios,
    otherFilters,
    ablate,
    rules,
    onStart,
    onMessage,
  });
  opened.dispose();
  const figures = figuresOf(evaluation);
  if (flags.html !== undefined) {
    const { tag, quarantine } = rules.policy;
    const floors = { tagBits: tag.floorBits, quarantineBits: quarantine.floorBits };
    const page = reportPage({ evaluation, figures, floors, rules: rules.version });
    await writeFile(flags.html, page);
  }
  if (json) printJson(context, figures);
  else context.stdout.write(evaluationText(figures));
}

function nothingWatched(streams: string): CommandFailure {
  return new CommandFailure(
    `${streams} holds no mbox file of a watched alias: name a folder of *.mbox files, or watch every alias of it with --watch-all`,
  );
}

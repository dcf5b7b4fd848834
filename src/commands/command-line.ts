import { Command, CommanderError } from 'commander';
import { addAliasCommand } from './alias-command.ts';
import { addAuditCommand } from './audit-command.ts';
import { addBackupCommands } from './backup-command.ts';
import { addBaselineCommand } from './baseline-command.ts';
import { addCampaignCommand } from './campaign-command.ts';
import { addCheckCommand } from './check-command.ts';
import { exitCodes, type CommandContext } from './command.ts';
import { addDemoCommand } from './demo-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addEvaluateCommand } from './evaluate-command.ts';
import { explainFailure } from './explain-failure.ts';
import { addIncidentCommand } from './incident-command.ts';
import { addLearnCommand } from './learn-command.ts';
import { addNoticeCommand } from './notice-command.ts';
import { addMessageCommand } from './message-command.ts';
import { addOperatorCommand } from './operator-command.ts';
import { addOrganizationCommand } from './organization-command.ts';
import { addPrivacyCommand } from './privacy-command.ts';
import { addQuarantineCommand } from './quarantine-command.ts';
import { addRulesCommand } from './rules-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addSimulateCommand } from './simulate-command.ts';
import { addTokenCommand } from './token-command.ts';
import { readVersion } from './version.ts';

/** Runs one command to its end. Failures are a sentence on standard error and an exit code, never a throw. */
export async function runCommandLine(
  args: readonly string[],
  context: CommandContext,
): Promise<void> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has printed its sentence (or the help that was asked for) already.
      if (error.exitCode !== 0) context.exit(exitCodes.usage);
      return;
    }
    const { message, exitCode } = explainFailure(error);
    context.stderr.write(`error: ${message}\n`);
    context.exit(exitCode);
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('aliaswatch')
    .description(
      'Watches how trusted vendor aliases write, and tags or holds mail that is not like them.',
    )
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .showHelpAfterError('(--help shows the options and an example)');
  addServeCommand(program, context);
  addDoctorCommand(program, context);
  addDemoCommand(program, context);
  addSimulateCommand(program, context);
  addCheckCommand(program, context);
  addLearnCommand(program, context);
  addAliasCommand(program, context);
  addBaselineCommand(program, context);
  addOrganizationCommand(program, context);
  addQuarantineCommand(program, context);
  addCampaignCommand(program, context);
  addMessageCommand(program, context);
  addNoticeCommand(program, context);
  addIncidentCommand(program, context);
  addAuditCommand(program, context);
  addBackupCommands(program, context);
  addPrivacyCommand(program, context);
  addOperatorCommand(program, context);
  addTokenCommand(program, context);
  addRulesCommand(program, context);
  addEvaluateCommand(program, context);
  return program.addHelpText('after', '\nExample:\n  aliaswatch serve --next-hop 127.0.0.1:10025');
}

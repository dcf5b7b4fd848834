import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { parseCount } from './option-values.ts';
import type { ActFlags, ApproveFlags, ListFlags, TargetFlags } from './quarantine/acts.ts';
import { deskSettings } from './review/desk-settings.ts';
import { addSettingOptions } from './setting-options.ts';

/** What else may be done with held mail: `delete`, `confirm`, `approve-value`, and how it is taken back. */
export function addActCommands(quarantine: Command, context: CommandContext): void {
  addTargetCommand(quarantine, 'delete', {
    description:
      'Puts held mail into the bin, from where `undo` takes it out again. Exit code 1 where something could not be deleted.',
    run: async (ids, flags) => {
      const { deleteHeld } = await import('./quarantine/acts.ts');
      await deleteHeld(context, ids, flags);
    },
  });
  addTargetCommand(quarantine, 'confirm', {
    description:
      'Says that a campaign is an attack: nothing of it is learned, what it taught is forgotten, and what it shares is tagged on every alias.',
    run: async (ids, flags) => {
      const { confirmAttack } = await import('./quarantine/acts.ts');
      await confirmAttack(context, ids, flags);
    },
  });
  addApproveCommands(quarantine, context);
  addUndoCommands(quarantine, context);
}

type TargetCommand = {
  readonly description: string;
  readonly run: (ids: readonly string[], flags: TargetFlags) => Promise<void>;
};

function addTargetCommand(
  quarantine: Command,
  name: string,
  { description, run }: TargetCommand,
): void {
  const command = quarantine
    .command(name)
    .argument('[id...]', 'ids of messages')
    .description(description)
    .option('--campaign <id>', 'every message of a campaign instead')
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `\nExample:\n  aliaswatch quarantine ${name} --campaign 0c1d2e3f4a5b --reason "call-back lure"`,
    )
    .action(run);
  addSettingOptions(command, deskSettings);
}

function addApproveCommands(quarantine: Command, context: CommandContext): void {
  const approve = quarantine
    .command('approve-value')
    .argument(
      '<table>',
      'domain, phone, wallet, reply-to, mail-from, display-name, selector or network',
    )
    .argument('<value>', 'what the alias may carry')
    .description(
      'Lets a value count as established on one alias for a time. There is no exemption of a whole alias.',
    )
    .requiredOption('--alias <id>', 'the alias that may carry it')
    .option('--days <n>', 'how long (default 90)', parseCount)
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine approve-value domain supplier.example --alias paypal-service --reason "new portal"',
    )
    .action(async (table: string, value: string, flags: ApproveFlags) => {
      const { approveValue } = await import('./quarantine/acts.ts');
      await approveValue(context, [table, value], flags);
    });
  addSettingOptions(approve, deskSettings);
  const approvals = quarantine
    .command('approvals')
    .description('Lists the values that are approved now.')
    .option('--alias <id>', 'of this alias alone')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch quarantine approvals --alias paypal-service')
    .action(async (flags: ListFlags) => {
      const { listApprovals } = await import('./quarantine/acts.ts');
      await listApprovals(context, flags);
    });
  addSettingOptions(approvals, deskSettings);
}

function addUndoCommands(quarantine: Command, context: CommandContext): void {
  const undo = quarantine
    .command('undo')
    .argument('<act>', 'id of an act')
    .description(
      'Takes an act back: out of the bin, approved or confirmed no more, what it taught forgotten. What is delivered stays delivered.',
    )
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch quarantine undo 0mh2q7k1c4x9p0zv5t3b')
    .action(async (id: string, flags: ActFlags) => {
      const { undoAct } = await import('./quarantine/acts.ts');
      await undoAct(context, id, flags);
    });
  addSettingOptions(undo, deskSettings);
  const acts = quarantine
    .command('acts')
    .description('Lists what was decided, newest first: by whom, when and why.')
    .option('--limit <n>', 'how many (default 50)', parseCount)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch quarantine acts --limit 20')
    .action(async (flags: ListFlags) => {
      const { listActs } = await import('./quarantine/acts.ts');
      await listActs(context, flags);
    });
  addSettingOptions(acts, deskSettings);
}

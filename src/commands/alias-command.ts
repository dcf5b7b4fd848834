import type { Command } from 'commander';
import type { AliasFlags } from './alias/aliases.ts';
import type { CommandContext } from './command.ts';
import type { SuggestFlags } from './alias/suggest/suggest.ts';
import type { DraftFlags } from './alias/suggest/write-draft.ts';
import { collect, parseCount, parseTime } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';

export function addAliasCommand(program: Command, context: CommandContext): void {
  const alias = program
    .command('alias')
    .summary('shows watched aliases and what was learned of them')
    .description('Shows the watched aliases and what was learned of them.')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch alias show paypal-service --store sqlite:state/baselines.db',
    );
  const list = alias
    .command('list')
    .description('Lists every watched alias.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch alias list')
    .action(async (flags: AliasFlags) => {
      const { listAliases } = await import('./alias/aliases.ts');
      await listAliases(context, flags);
    });
  addSettingOptions(list, ['rulesDir']);
  const show = alias
    .command('show')
    .argument('<id>', 'alias id, or an address')
    .description(
      'Shows what the vendor pack says of an alias and, with --store, what was learned of it.',
    )
    .option('--at <time>', 'history as it was then, ISO 8601 (default: now)', parseTime)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch alias show service@paypal.com --store sqlite:state/baselines.db',
    )
    .action(async (id: string, flags: AliasFlags) => {
      const { showAlias } = await import('./alias/aliases.ts');
      await showAlias(context, id, flags);
    });
  addSettingOptions(show, ['store', 'rulesDir']);
  addSuggestCommand(alias, context);
}

function addSuggestCommand(alias: Command, context: CommandContext): void {
  const suggest = alias
    .command('suggest')
    .argument('[paths...]', 'mbox files, messages, Maildirs, or folders of these')
    .description(
      'Proposes senders worth watching that no pack and no policy covers: many days or recipients, written by a program, and authenticated. With --write, drafts the pack of one sender from its learned history into aliases/<vendor>.yaml of a rules directory (PATHS: that directory; default: the one that serve would use), for review.',
    )
    .option('--log <file>', 'our own log instead of mail, JSON lines, may be repeated', collect)
    .option('--assume-authenticated', 'take the mail for authenticated instead of verifying it')
    .option('--min-messages <n>', 'least messages of a sender', parseCount, 5)
    .option('--top <n>', 'most suggestions', parseCount, 50)
    .option('--write <sender>', 'draft a pack for this address or alias, from --store')
    .option('--vendor <name>', 'with --write: name of the vendor (default: from the domain)')
    .option('--force', 'with --write: overwrite a file that is there')
    .option('--at <time>', 'with --write: history as it was then (default: now)', parseTime)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nWith --write:\n  aliaswatch alias suggest --write billing@example.com --store sqlite:state/baselines.db ./rules\n\nExample:\n  aliaswatch alias suggest archive/2026.mbox --assume-authenticated',
    )
    .action(async (paths: readonly string[], flags: SuggestFlags & Partial<DraftFlags>) => {
      const { write } = flags;
      if (write !== undefined) {
        const { writeDraft } = await import('./alias/suggest/write-draft.ts');
        await writeDraft(context, paths[0], { ...flags, write });
        return;
      }
      const { suggestAliases } = await import('./alias/suggest/suggest.ts');
      await suggestAliases(context, paths, flags);
    });
  addSettingOptions(suggest, ['store', 'rulesDir', 'dns']);
}

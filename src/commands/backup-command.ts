import type { Command } from 'commander';
import type { BackupFlags } from './backup/backup.ts';
import type { RestoreFlags } from './backup/restore.ts';
import type { CommandContext } from './command.ts';
import { addSettingOptions } from './setting-options.ts';

const backupExample =
  '\nExample:\n  aliaswatch backup --state-dir /var/lib/aliaswatch --out /backup/aliaswatch.tar.gz';
const restoreExample =
  '\nExample:\n  aliaswatch restore /backup/aliaswatch.tar.gz --state-dir /var/lib/aliaswatch';

export function addBackupCommands(program: Command, context: CommandContext): void {
  const backup = program
    .command('backup')
    .requiredOption('--out <file>', 'tar.gz archive to write (mode 0600); it must not be there yet')
    .summary('writes all that was learned, is held and on record into one archive')
    .description(
      'Writes all that was learned, is held and on record into one archive, while serve runs: baselines, ledgers, rule sets with their history, reviews, notices, audit log, kept and held mail, and keys. THE ARCHIVE HOLDS SECRETS: the key of pseudonyms and that of links, password hashes, addresses, and held mail as it lies on the disk. Keep it as you keep the state directory. Not in it: held mail in a bucket (S3), the key file of the quarantine, certificates, the rules directory, aliaswatch.yaml.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', backupExample)
    .action(async (flags: BackupFlags) => {
      const { backup: write } = await import('./backup/backup.ts');
      await write(context, flags);
    });
  addSettingOptions(backup, [
    'stateDir',
    'store',
    'quarantineStore',
    'quarantineKeyFile',
    'operatorsFile',
  ]);
  const restore = program
    .command('restore')
    .argument('<file>', 'archive that backup wrote')
    .summary('puts a backup in place')
    .description(
      'Puts a backup in place, once every byte of it has been checked against its checksums, and every format against what this program knows. Refuses while serve runs, and where there is a state already. Run it as the user that serve runs as.',
    )
    .option('--force', 'move a state that is there into before-restore-TIME of the state directory')
    .option('--json', 'print one JSON object')
    .addHelpText('after', restoreExample)
    .action(async (file: string, flags: RestoreFlags) => {
      const { restoreBackup } = await import('./backup/restore.ts');
      await restoreBackup(context, file, flags);
    });
  addSettingOptions(restore, ['stateDir', 'store']);
}

import { canonicalAddress } from '../../../alias/address.ts';
import { createCatalogue, type Catalogue } from '../../../alias/catalogue.ts';
import { archiveBytes } from '../../../archive/archive-size.ts';
import { readArchive } from '../../../archive/read-archive.ts';
import { addressPattern } from '../../../config/name-schemas.ts';
import type { Settings } from '../../../config/settings.ts';
import { activate } from '../../../activate-rules.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
} from '../../command.ts';
import { rulesFor } from '../../command-rules.ts';
import { settingsFor } from '../../command-settings.ts';
import type { SettingFlags } from '../../setting-options.ts';
import { proveSenders } from './prove-senders.ts';
import { seenInLog } from './seen-in-log.ts';
import { seenInArchive, type SeenMail } from './seen-mail.ts';
import { createSenderTallies, type SenderTallies } from './sender-tally.ts';
import { suggestionText, type Suggested } from './suggestion-report.ts';
import { suggestionsFrom, type Suggestion } from './suggestions.ts';

export type SuggestFlags = SettingFlags & {
  readonly log?: readonly string[];
  readonly assumeAuthenticated?: boolean;
  readonly minMessages: number;
  readonly top: number;
  readonly json?: boolean;
};

/** Bodies read of one sender: enough for a share, and an archive is read in minutes. */
const readBodies = 200;

/** Proposes senders to watch that neither a pack nor the policy covers. */
export async function suggestAliases(
  context: CommandContext,
  paths: readonly string[],
  flags: SuggestFlags,
): Promise<void> {
  const { log = [] } = flags;
  if (paths.length === 0 && log.length === 0)
    throw new CommandFailure('nothing to read: give an archive, or a log with --log', {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  const { catalogue } = activate(await rulesFor(settings), settings);
  const tallies = createSenderTallies();
  const counts = await countAll(context, { paths, log, catalogue, tallies });
  const found = suggestionsFrom(tallies.entries(), flags).filter(
    ({ watch }) => addressPattern.safeParse(watch).success,
  );
  const proved =
    flags.assumeAuthenticated === true || paths.length === 0
      ? found
      : await proveAll(context, { paths, settings, found });
  // What was never tried (null) is taken on trust: the operator vouched for it.
  const isUnproved = ({ authenticated }: Suggestion) =>
    authenticated !== null && authenticated < 0.5;
  const suggested: Suggested = {
    ...counts,
    dropped: tallies.dropped(),
    suggestions: proved.filter((suggestion) => !isUnproved(suggestion)),
    notAuthenticated: proved.filter(isUnproved).map(({ watch }) => watch),
  };
  if (flags.json) printJson(context, suggested);
  else context.stdout.write(suggestionText(suggested));
}

type Counting = {
  readonly paths: readonly string[];
  readonly log: readonly string[];
  readonly catalogue: Catalogue;
  readonly tallies: SenderTallies;
};

async function countAll(
  context: CommandContext,
  { paths, log, catalogue, tallies }: Counting,
): Promise<Pick<Suggested, 'messages' | 'watched' | 'unreadable'>> {
  const counts = { messages: 0, watched: 0, unreadable: 0 };
  const count = (mail: SeenMail | null) => {
    context.signal.throwIfAborted();
    counts.messages++;
    const address = mail === null ? null : canonicalAddress(mail.address);
    if (mail === null || address === null) counts.unreadable++;
    else if (catalogue.find(address) !== null) counts.watched++;
    else tallies.count({ ...mail, address });
  };
  using progress = startProgress(context, {
    total: kibibytes(await archiveBytes([...paths, ...log])),
    unit: 'KiB',
  });
  for (const path of paths) {
    for await (const archived of readArchive(path)) {
      const readsBody = (address: string) =>
        catalogue.find(address) === null && tallies.messagesOf(address) < readBodies;
      count(await seenInArchive(archived, readsBody));
      progress.step(kibibytes(archived.bytes.length));
    }
  }
  for (const path of log) for await (const mail of seenInLog(path)) count(mail);
  return counts;
}

async function proveAll(
  context: CommandContext,
  {
    paths,
    settings,
    found,
  }: {
    readonly paths: readonly string[];
    readonly settings: Settings;
    readonly found: readonly Suggestion[];
  },
): Promise<readonly Suggestion[]> {
  if (found.length === 0) return found;
  const suggested = createCatalogue(
    [],
    found.map(({ watch }) => watch),
  );
  using progress = startProgress(context, {
    total: kibibytes(await archiveBytes(paths)),
    unit: 'KiB',
  });
  const proofs = await proveSenders(paths, {
    settings,
    suggested,
    onMessage: (bytes) => progress.step(kibibytes(bytes)),
    signal: context.signal,
  });
  return found.map((suggestion) => {
    const id = suggested.aliases.find(({ addresses }) => addresses[0] === suggestion.watch)?.id;
    const proof = proofs.get(id ?? '');
    if (proof === undefined || proof.of === 0) return suggestion;
    return { ...suggestion, authenticated: Math.round((proof.yes / proof.of) * 1000) / 1000 };
  });
}

function kibibytes(bytes: number): number {
  return bytes / 1024;
}

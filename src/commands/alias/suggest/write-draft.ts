import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createCatalogue } from '../../../alias/catalogue.ts';
import type { Alias } from '../../../alias/alias.ts';
import { canonicalAddress } from '../../../alias/address.ts';
import { vendorSlug } from '../../../alias/vendor-slug.ts';
import { openStore } from '../../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../../baseline/store.ts';
import { findProblems } from '../../../config/explain-issue.ts';
import type { RuleSet } from '../../../config/rule-set.ts';
import { vendorSchema } from '../../../config/vendor-schema.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../../command.ts';
import { rulesFor } from '../../command-rules.ts';
import { settingsFor } from '../../command-settings.ts';
import { patientStoreTimeoutMs } from '../../patient-store.ts';
import type { SettingFlags } from '../../setting-options.ts';
import { draftedAlias, draftText, type Draft } from './draft-text.ts';
import { ownDomain, packFacts, type PackFacts } from './pack-facts.ts';

export type DraftFlags = SettingFlags & {
  /** Address or alias id of the sender. */
  readonly write: string;
  readonly store?: string;
  readonly vendor?: string;
  readonly at?: Date;
  readonly force?: boolean;
  readonly json?: boolean;
};

/** Drafts a pack from the history of a sender into `aliases/<vendor>.yaml` of a rules directory, for review. */
export async function writeDraft(
  context: CommandContext,
  directory: string | undefined,
  flags: DraftFlags,
): Promise<void> {
  const location = flags.store;
  if (location === undefined)
    throw new CommandFailure('name the store that learned the sender: --store sqlite:FILE', {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  const rulesDir = directory ?? settings.rulesDir;
  const rules = await rulesFor({ rulesDir });
  const alias = senderOf(flags.write, flags.force === true, rules);
  const address = alias.addresses[0] ?? flags.write;
  const vendor = flags.vendor ?? (alias.pack === null ? vendorNameOf(address) : alias.vendor);
  const at = flags.at ?? new Date();
  const facts = await learnedFacts(location, { alias, address, at, rules });
  if (facts.messages === 0)
    throw new CommandFailure(
      `${location} has no matured history of ${address} (\`${alias.id}\`): watch it, or \`aliaswatch learn --watch-all\` an archive of its mail`,
    );
  const draft = { vendor, id: alias.id, address, facts };
  refuseSharedFile(context, draft, rules, flags);
  const text = draftText(draft);
  const [problem] = findProblems(vendorSchema, parse(text));
  if (problem !== undefined)
    throw new CommandFailure(`the draft would not be valid: ${problem.message} ${problem.hint}`);
  const file = join(rulesDir, 'aliases', `${vendorSlug(vendor)}.yaml`);
  await save(file, text, flags.force === true);
  const isWatched = rules.policy.watch.includes(address);
  if (flags.json) printJson(context, { file, vendor, alias: alias.id, address, ...facts });
  else
    context.stdout.write(
      `wrote ${file} from ${facts.messages} messages on ${facts.days} days\nReview it, then: aliaswatch rules check ${rulesDir}\n${isWatched ? `Remove \`${address}\` from \`watch\` of policy.yaml: the pack watches it.\n` : ''}`,
    );
}

/** The alias under which a sender has been, or would be, learned. */
function senderOf(named: string, force: boolean, { aliases, policy }: RuleSet): Alias {
  const address = canonicalAddress(named);
  const pattern = named.startsWith('*@') ? named : address;
  const catalogue = createCatalogue(
    aliases,
    pattern === null ? policy.watch : [...new Set([...policy.watch, pattern])],
  );
  const found =
    catalogue.aliases.find(({ id, addresses }) => id === named || addresses.includes(named)) ??
    (address === null ? null : catalogue.find(address));
  if (found === null)
    throw new CommandFailure(
      `\`${named}\` is neither an address nor a watched alias: \`aliaswatch alias list\` shows them`,
    );
  // Of a file with several aliases a draft of one would lose the others.
  const isAlone = aliases.filter(({ vendor }) => vendor === found.vendor).length === 1;
  if (found.pack !== null && !(force && isAlone))
    throw new CommandFailure(
      `\`${named}\` has a pack already: edit the file of ${found.vendor} under aliases/${isAlone ? ', or draft it anew with --force' : ''}`,
    );
  return found;
}

/** A vendor has one file, and a draft would take the place of all of it: its other aliases are never given up. */
function refuseSharedFile(
  context: CommandContext,
  draft: Draft,
  { aliases, files }: RuleSet,
  { json }: DraftFlags,
): void {
  const slug = vendorSlug(draft.vendor);
  const file = `aliases/${slug}.yaml`;
  const written = files.get(file);
  const inFile = written === undefined ? [] : idsOf(parse(written.toString()));
  const ofVendor = aliases.filter(({ vendor }) => vendorSlug(vendor) === slug).map(({ id }) => id);
  const others = [...new Set([...inFile, ...ofVendor])].filter((id) => id !== draft.id);
  if (others.length === 0) return;
  const alias = draftedAlias(draft);
  if (json) printJson(context, { file: null, alias: draft.id, draft: alias });
  else context.stdout.write(alias);
  throw new CommandFailure(
    `there are other aliases of ${draft.vendor} already (${others.join(', ')}), which a new file would lose: add the drafted one to ${file} by hand, or --vendor NAME writes another file`,
  );
}

function idsOf(file: unknown): readonly string[] {
  const { aliases } = vendorSchema.parse(file);
  return aliases.map(({ id }) => id);
}

/** `billing@mail.vendor.example` → `Vendor`. */
function vendorNameOf(address: string): string {
  const [label = 'vendor'] = ownDomain(address).split('.');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

async function learnedFacts(
  location: string,
  {
    alias,
    address,
    at,
    rules,
  }: {
    readonly alias: Alias;
    readonly address: string;
    readonly at: Date;
    readonly rules: RuleSet;
  },
): Promise<PackFacts> {
  await using store = await openStore(location, {
    limits: { ...defaultStoreLimits, ...rules.policy.learning },
    timeoutMs: patientStoreTimeoutMs,
    readOnly: true,
  });
  return packFacts(await store.describe(alias.id, at), { address, at });
}

async function save(file: string, text: string, force: boolean): Promise<void> {
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const message =
      code === 'EEXIST'
        ? `${file} is there already: --force overwrites it, --vendor NAME writes another`
        : `${file} cannot be written (${code})`;
    throw new CommandFailure(message, { cause: error });
  }
}

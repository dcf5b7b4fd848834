import { noSuchFile } from './bounded-file.ts';
import { findProblems } from './explain-issue.ts';
import { nearestName } from './nearest-name.ts';
import { completeSettings, type Settings } from './settings.ts';
import { settingKeys, settingsSchema, type SettingKey } from './settings-schema.ts';
import { printable } from './rule-problem.ts';
import { readYamlFile } from './yaml-file.ts';

/** Something wrong with a setting. */
export type SettingProblem = {
  /** Where it was given: `--listen`, `ALIASWATCH_LISTEN`, `aliaswatch.yaml:3:9`. */
  readonly place: string;
  readonly message: string;
  /** What to do; possibly empty. */
  readonly hint: string;
};

/** Where settings come from, weakest first. */
export type SettingSources = {
  /** `mustExist` when somebody named the file; one that is only usual may be absent. */
  readonly file: { readonly path: string; readonly mustExist: boolean } | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By setting (`nextHop`); options that are not settings are left alone. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** The machine's own name. */
  readonly hostname: string;
  /** Settings that the caller cannot do without. */
  readonly required?: readonly SettingKey[];
};

export type SettingLoading =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

type Layer = {
  readonly given: Readonly<Record<string, unknown>>;
  readonly problems: readonly SettingProblem[];
};

const prefix = 'ALIASWATCH_';

/** Names that are no settings: tests read the first two; Kubernetes sets the others for a service of our name. */
const notSettings = /^ALIASWATCH_(?:CONFIG$|CORPORA$|SERVICE_|PORT(?:$|_))/;

/** Defaults < file < environment < flags. Reports every problem of every source at once; never throws. */
export async function loadSettings({
  file,
  environment,
  flags,
  hostname,
  required = [],
}: SettingSources): Promise<SettingLoading> {
  const fileLayer = file === null ? nothing : await fromFile(file);
  const layers = [fileLayer, fromEnvironment(environment), fromFlags(flags)];
  const merged = Object.assign({}, ...layers.map(({ given }) => given)) as Layer['given'];
  // A file that cannot be used may well name them.
  const missing = fileLayer.problems.length > 0 ? [] : required.filter((key) => !(key in merged));
  const problems = [...layers.flatMap((layer) => layer.problems), ...missing.map(missingSetting)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: completeSettings(settingsSchema.parse(merged), hostname) };
}

/** `place: message`, and what to do. */
export function formatSettingProblem({ place, message, hint }: SettingProblem): string {
  const first = printable(`${place}: ${message}`);
  return hint === '' ? first : `${first}\n  ${printable(hint)}`;
}

const nothing: Layer = { given: {}, problems: [] };

async function fromFile({
  path,
  mustExist,
}: {
  readonly path: string;
  readonly mustExist: boolean;
}): Promise<Layer> {
  const reading = await readYamlFile(path);
  if (!reading.ok) {
    const isAbsent = reading.problems.some(({ message }) => message === noSuchFile);
    if (isAbsent && !mustExist) return nothing;
    return { given: {}, problems: reading.problems.map(inFile) };
  }
  const { value } = reading.file;
  const found = findProblems(settingsSchema, value).map((problem) => reading.file.locate(problem));
  const problems = [...reading.file.problems, ...found].map(inFile);
  return { given: problems.length > 0 ? {} : (value as Record<string, unknown>), problems };
}

function inFile(problem: {
  file: string;
  line: number;
  column: number;
  message: string;
  hint: string;
}): SettingProblem {
  const { file, line, column, message, hint } = problem;
  return { place: `${file}:${line}:${column}`, message, hint };
}

function fromEnvironment(environment: SettingSources['environment']): Layer {
  const keys = new Map(settingKeys.map((key) => [environmentName(key), key]));
  const given: Record<string, unknown> = {};
  const unknown: SettingProblem[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || value === undefined || value === '' || notSettings.test(name))
      continue;
    const key = keys.get(name);
    if (key) given[key] = value;
    else unknown.push(unknownVariable(name, [...keys.keys()]));
  }
  return { given, problems: [...unknown, ...problemsOf(given, environmentName)] };
}

function unknownVariable(name: string, known: readonly string[]): SettingProblem {
  const near = nearestName(
    name.slice(prefix.length),
    known.map((variable) => variable.slice(prefix.length)),
  );
  const hint = near === null ? 'unset it: nothing reads it' : `did you mean ${prefix}${near}?`;
  return { place: name, message: 'there is no such setting', hint };
}

function fromFlags(flags: SettingSources['flags']): Layer {
  const given = Object.fromEntries(
    settingKeys.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])),
  );
  return { given, problems: problemsOf(given, flagName) };
}

function problemsOf(
  given: unknown,
  nameOf: (key: SettingKey) => string,
): readonly SettingProblem[] {
  return findProblems(settingsSchema, given).map(({ path, message, hint }) => ({
    place: nameOf(path[0] as SettingKey),
    message,
    hint,
  }));
}

function environmentName(key: SettingKey): string {
  return `${prefix}${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function missingSetting(key: SettingKey): SettingProblem {
  const hint = `give it here, as ${environmentName(key)}, or as ${key} in the settings file`;
  return { place: flagName(key), message: 'is missing', hint };
}

function flagName(key: SettingKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

import { noSuchFile } from './bounded-file.ts';
import { findProblems, type FoundProblem } from './explain-issue.ts';
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
  readonly required?: readonly RequiredSetting[];
};

/** A setting, or several of which one will do; the first is the usual one. */
export type RequiredSetting = SettingKey | readonly [SettingKey, ...SettingKey[]];

export type SettingLoading =
  | { readonly ok: true; readonly settings: Settings }
  | {
      readonly ok: false;
      readonly problems: readonly SettingProblem[];
      /** What can be read of them, to look for more problems; null where a file could not be read at all. */
      readonly rest: SettingRest | null;
    };

/** Settings of which those in `faulty` are not as somebody wanted them. */
export type SettingRest = {
  readonly settings: Settings;
  readonly faulty: ReadonlySet<SettingKey>;
};

type Layer = {
  /** Without those that are wrong. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly faulty: readonly SettingKey[];
  readonly problems: readonly SettingProblem[];
  /** Nothing is known of it. */
  readonly isUnreadable?: boolean;
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
  const faulty = new Set(layers.flatMap((layer) => layer.faulty));
  // A file that cannot be used may well name them.
  const missing =
    fileLayer.problems.length > 0
      ? []
      : required
          .map((keys) => (typeof keys === 'string' ? ([keys] as const) : keys))
          .filter((keys) => !keys.some((key) => key in merged || faulty.has(key)));
  const problems = [...layers.flatMap((layer) => layer.problems), ...missing.map(missingSetting)];
  const settings = completeSettings(settingsSchema.parse(merged), hostname);
  if (problems.length === 0) return { ok: true, settings };
  return { ok: false, problems, rest: fileLayer.isUnreadable ? null : { settings, faulty } };
}

/** `place: message`, and what to do. */
export function formatSettingProblem({ place, message, hint }: SettingProblem): string {
  const first = printable(`${place}: ${message}`);
  return hint === '' ? first : `${first}\n  ${printable(hint)}`;
}

const nothing: Layer = { given: {}, faulty: [], problems: [] };

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
    return { ...nothing, problems: reading.problems.map(inFile), isUnreadable: true };
  }
  const { value } = reading.file;
  const found = findProblems(settingsSchema, value);
  const located = found.map((problem) => reading.file.locate(problem));
  const problems = [...reading.file.problems, ...located].map(inFile);
  // Not even a list of settings.
  if (found.some(({ path }) => path.length === 0))
    return { ...nothing, problems, isUnreadable: true };
  return { ...withoutFaulty(value as Layer['given'], found), problems };
}

/** What is left of `given` without the settings that something is wrong with. */
function withoutFaulty(
  given: Layer['given'],
  found: readonly FoundProblem[],
): Pick<Layer, 'given' | 'faulty'> {
  const wrong = new Set(found.map(({ path }) => path[0]));
  const right = Object.entries(given).filter(([key]) => !wrong.has(key));
  return {
    given: Object.fromEntries(right),
    faulty: settingKeys.filter((key) => wrong.has(key)),
  };
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
  const layer = layerOf(given, environmentName);
  return { ...layer, problems: [...unknown, ...layer.problems] };
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
  return layerOf(given, flagName);
}

function layerOf(given: Layer['given'], nameOf: (key: SettingKey) => string): Layer {
  const found = findProblems(settingsSchema, given);
  const problems = found.map(({ path, message, hint }) => ({
    place: nameOf(path[0] as SettingKey),
    message,
    hint,
  }));
  return { ...withoutFaulty(given, found), problems };
}

function environmentName(key: SettingKey): string {
  return `${prefix}${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function missingSetting([key, ...others]: readonly [SettingKey, ...SettingKey[]]): SettingProblem {
  const instead = others.map((other) => `; ${flagName(other)} will do as well`).join('');
  const hint = `give it here, as ${environmentName(key)}, or as ${key} in the settings file${instead}`;
  return { place: flagName(key), message: 'is missing', hint };
}

/** The flag that gives a setting: `--next-hop` for `nextHop`. */
export function flagName(key: SettingKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

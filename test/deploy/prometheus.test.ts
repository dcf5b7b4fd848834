import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { openShell } from '../commands/shell.ts';
import { requireInstalled } from '../support/installed.ts';

const root = join(import.meta.dirname, '../..');
const prometheus = join(root, 'deploy/prometheus');
const runbooks = join(root, 'docs/runbooks');
const skip = requireInstalled('promtool', 'prometheus');
const testFiles = readdirSync(join(prometheus, 'tests')).map((name) => `tests/${name}`);

type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
};
type RuleFile = { readonly groups: readonly { readonly rules: readonly Alert[] }[] };

const alerts = (
  parse(readFileSync(join(prometheus, 'alerts.yml'), 'utf8')) as RuleFile
).groups.flatMap(({ rules }) => rules);
const books = readdirSync(runbooks).map((name) => name.replace(/\.md$/, ''));

function promtool(...args: readonly string[]): string {
  return execFileSync('promtool', args, { cwd: prometheus, encoding: 'utf8' });
}

test('promtool accepts configuration and rules', { skip }, () => {
  promtool('check', 'config', 'prometheus.yml');
  promtool('check', 'rules', 'alerts.yml', 'recording.yml');
});

test('the unit tests of the rules pass', { skip }, () => {
  assert.doesNotMatch(promtool('test', 'rules', ...testFiles), /FAILED/);
});

test('every alert is seen to fire in a unit test', () => {
  const tested = testFiles.map((file) => readFileSync(join(prometheus, file), 'utf8')).join('\n');
  for (const { alert } of alerts) {
    const all = tested.split(`alertname: ${alert}\n`).slice(1);
    assert.ok(
      all.some((rest) => /^\s+exp_alerts:/.test(rest)),
      `${alert} never fires`,
    );
  }
});

/** The page that an alert is to have: `AliaswatchMailDelayed`, mail-delayed. */
function pageOf(alert: string): string {
  const words = alert.replace(/^Aliaswatch/, '').replaceAll(/(?<=[a-z])[A-Z]/g, '-$&');
  return words.toLowerCase();
}

test('every alert says how grave it is, what it means and where to read on', () => {
  for (const { alert, labels, annotations } of alerts) {
    assert.match(alert, /^Aliaswatch[A-Z]/);
    assert.match(labels.severity, /^(critical|warning|info)$/, alert);
    assert.ok((annotations['summary'] ?? '').length > 10, alert);
    assert.ok((annotations['description'] ?? '').length > 20, alert);
    assert.equal(
      annotations['runbook_url'],
      `{{ or $externalLabels.aliaswatch_docs "docs" }}/runbooks/${pageOf(alert)}.md`,
    );
  }
});

test('every alert has its runbook, and every runbook its alert', () => {
  const pages = new Set(alerts.map(({ alert }) => pageOf(alert)));
  assert.deepEqual(books.toSorted(), [...pages].toSorted());
  for (const { alert } of alerts)
    assert.ok(
      readFileSync(join(runbooks, `${pageOf(alert)}.md`), 'utf8').startsWith(`# ${alert}\n`),
    );
});

test('a runbook says symptom, meaning, check and fix on one page, and its links lead somewhere', () => {
  for (const book of books) {
    const text = readFileSync(join(runbooks, `${book}.md`), 'utf8');
    assert.match(
      text,
      /^# \w+\n\n\*\*Symptom\.\*\* [^]+\n\n\*\*Meaning\.\*\* [^]+\n\n## Check\n\n[^]+\n\n## Fix\n\n[^]+$/,
      book,
    );
    assert.ok(text.split('\n').length < 50, `${book} is longer than a page`);
    for (const [, link = ''] of text.matchAll(/\]\(([\w-]+)\.md\)/g))
      assert.ok(books.includes(link), `${book}: ${link}`);
  }
});

test('every command that a runbook names exists, with its options', async () => {
  const shell = await openShell();
  const written = books.flatMap((book) => {
    const text = readFileSync(join(runbooks, `${book}.md`), 'utf8');
    return [...text.matchAll(/(?:^|`)aliaswatch ([^`\n#]+)/gm)].map(([, line = '']) => ({
      book,
      words: line.trim().split(/\s+/),
    }));
  });
  assert.ok(written.length > 40, String(written.length));
  for (const { book, words } of written) {
    const end = words.findIndex((word) => !/^[a-z][a-z-]+$/.test(word));
    const named = end === -1 ? words : words.slice(0, end);
    // A command may have words after it that are arguments; a group of commands is none.
    let help: string | null = null;
    for (let length = named.length; length > 0 && help === null; length--)
      help = await helpOf(shell, named.slice(0, length));
    assert.ok(help !== null, `${book}: aliaswatch ${words.join(' ')}`);
    for (const option of words.filter((word) => word.startsWith('--')))
      assert.match(help, new RegExp(`(?:^|[ ,])${option}\\b`, 'm'), `${book}: ${words.join(' ')}`);
  }
});

/** The help of exactly this command, or null where there is none of that name, or only a group. */
async function helpOf(
  shell: Awaited<ReturnType<typeof openShell>>,
  command: readonly string[],
): Promise<string | null> {
  const { code, stdout } = await shell.run([...command, '--help']);
  const isThat = stdout.startsWith(`Usage: aliaswatch ${command.join(' ')} `);
  return code === 0 && isThat && !stdout.includes('\nCommands:') ? stdout : null;
}

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { entraAddress, entraHistory, entraMail, mboxOf } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const { path } = shell;

const callback =
  'Your order of USD 498.95 is complete. Call +1 802 538 3069 to cancel. If you did not authorize this payment our support desk will refund the whole amount to your bank account within one working day.';

const lures = Array.from({ length: 5 }, (_, index) => ({
  kind: 'text',
  subject: 'Order complete',
  text: `Notice ${index}: ${callback}`,
  url_domains: [`prize-${index}.example.net`],
  phones: ['18025383069'],
}));

before(async () => {
  await mkdir(path('streams'));
  await mkdir(path('abuse'));
  await writeFile(
    path('streams/entra.mbox'),
    mboxOf(entraHistory(60, new Date('2026-11-20T12:00:00Z'))),
  );
  await writeFile(path('streams/index.json'), '[]');
  const sentAt = new Date('2026-11-21T09:00:00Z');
  await writeFile(path('lures.jsonl'), lures.map((lure) => `${JSON.stringify(lure)}\n`).join(''));
  const attack = entraMail({
    tenant: 'Your order of USD 498.95 is complete. Call +1 802 538 3069 to cancel.',
    recipient: 'ana@example.com',
    sentAt,
    code: '1',
  });
  const honest = entraMail({
    tenant: 'Elm Robotics',
    recipient: 'ana@example.com',
    sentAt,
    code: '2',
  });
  await writeFile(path('abuse/attack.eml'), attack);
  await writeFile(path('abuse/honest.eml'), honest);
  const labels = [
    { file: 'attack.eml', class: 'shared_alias_injection', alias: entraAddress, campaign: 'c1' },
    { file: 'honest.eml', class: 'mislabelled_legit', alias: entraAddress, campaign: 'c2' },
  ];
  await writeFile(
    path('abuse/labels.jsonl'),
    labels.map((label) => `${JSON.stringify(label)}\n`).join(''),
  );
});

const everything = [
  ...['evaluate', '--streams', path('streams')],
  ...['--abuse', path('abuse'), '--lures', path('lures.jsonl')],
];

test('evaluate --json keeps its contract', async () => {
  const { code, stderr, json } = await shell.runJson(everything);
  assert.deepEqual([code, stderr], [0, '']);
  const { streams, coldHonest, injection, abuse, legitMislabelled } = json as Record<
    string,
    Record<string, unknown>
  >;
  const { messages, scored, tagged, quarantined, perAlias } = streams as Record<string, unknown>;
  assert.equal(messages, 60);
  assert.deepEqual(perAlias, [{ alias: entraAddress, messages: 60, scored, tagged, quarantined }]);
  assert.ok(typeof scored === 'number' && scored > 0 && scored < 60);
  assert.deepEqual([tagged, quarantined], [0, 0]);
  const byKind = injection?.['byKind'] as readonly Record<string, unknown>[];
  assert.deepEqual(
    byKind
      .map(({ kind }) => kind)
      .filter((kind) => ['a', 'a2', 'a3', 'c', 'd'].includes(kind as string)),
    ['a', 'a2', 'a3', 'c', 'd'],
  );
  for (const row of byKind) {
    const { n, tagged: flagged, quarantined: held } = row;
    assert.ok([n, flagged, held].every((count) => Number.isInteger(count)) && (n as number) > 0);
    const sizeOf = (part: string) => (row[part] as { readonly n: number }).n;
    for (const part of ['at100', 'at200', 'closed']) assert.ok(sizeOf(part) <= (n as number));
    assert.equal(sizeOf('rigid') + sizeOf('mixed') + sizeOf('freeText'), n);
  }
  const sizes = new Map(byKind.map(({ kind, n }) => [kind, n as number]));
  assert.equal(
    sizes.get('h'),
    ['h-ics', 'h-pdf', 'h-qr'].reduce((sum, kind) => sum + (sizes.get(kind) ?? 0), 0),
  );
  assert.deepEqual(
    [abuse?.['messages'], abuse?.['tagged'], abuse?.['campaigns'], abuse?.['campaignsTagged']],
    [1, 1, 1, 1],
  );
  assert.ok(Array.isArray(abuse?.['byAlias']));
  assert.equal(coldHonest?.['n'], 60);
  for (const view of ['cold', 'withPack']) {
    const {
      messages: mails,
      campaignInterval,
      byClass,
      byCampaign,
    } = abuse[view] as Record<string, unknown>;
    assert.equal(mails, 1);
    const [low, high] = campaignInterval as readonly [number, number];
    assert.ok(low >= 0 && low < high && high <= 1);
    assert.equal((byClass as readonly { class: string }[])[0]?.class, 'shared_alias_injection');
    assert.equal((byCampaign as readonly { campaign: string }[])[0]?.campaign, 'c1');
  }
  assert.deepEqual(legitMislabelled, { n: 1, tagged: 0 });
});

test('the same mail has the same figures', async () => {
  const [first, second] = [await shell.run(everything), await shell.run(everything)];
  assert.equal(first.code, 0);
  assert.equal(first.stdout, second.stdout);
});

test('evaluate for people names the counts', async () => {
  const page = path('report.html');
  const { code, stdout } = await shell.run([
    'evaluate',
    '--streams',
    path('streams'),
    '--html',
    page,
  ]);
  assert.equal(code, 0);
  assert.match(stdout, /1 aliases, 60 messages, \d+ scored/);
  assert.match(await readFile(page, 'utf8'), /1 aliases, 60 messages, \d+ scored/);
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { dashboards, dashboardText } from '../../scripts/grafana/write-dashboards.ts';
import { requireInstalled } from '../support/installed.ts';
import { startScrapedGateway } from '../support/scrape.ts';

const root = join(import.meta.dirname, '../..');
const directory = join(root, 'deploy/grafana/dashboards');

type GridPos = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
type Target = { readonly refId: string; readonly expr: string };
type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: GridPos;
  readonly targets?: readonly Target[];
};
type Dashboard = {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly annotations: {
    readonly list: readonly { readonly name: string; readonly expr: string }[];
  };
  readonly templating: { readonly list: readonly { readonly name: string }[] };
};

const written = readdirSync(directory).map((name) => ({
  name,
  board: JSON.parse(readFileSync(join(directory, name), 'utf8')) as Dashboard,
}));

test('the committed dashboards are what their sources give', () => {
  assert.deepEqual(written.map(({ name }) => name).toSorted(), Object.keys(dashboards).toSorted());
  for (const [name, dashboard] of Object.entries(dashboards))
    assert.equal(
      readFileSync(join(directory, name), 'utf8'),
      dashboardText(dashboard),
      `${name}: run node scripts/grafana/write-dashboards.ts`,
    );
});

test('each dashboard has what Grafana needs, and an address and a title of its own', () => {
  for (const { board } of written) {
    assert.ok(board.schemaVersion >= 39 && board.schemaVersion <= 42);
    assert.match(board.uid, /^[a-z-]{1,40}$/);
    for (const { gridPos, type } of board.panels) {
      assert.match(type, /^(row|timeseries|stat|bargauge|table)$/);
      assert.ok(gridPos.x >= 0 && gridPos.w > 0 && gridPos.h > 0 && gridPos.x + gridPos.w <= 24);
    }
  }
  assert.equal(new Set(written.map(({ board }) => board.uid)).size, written.length);
  assert.equal(new Set(written.map(({ board }) => board.title)).size, written.length);
});

test('panels have ids of their own and do not overlap', () => {
  for (const { name, board } of written) {
    const { panels } = board;
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, name);
    for (const [index, { gridPos: one, title }] of panels.entries())
      for (const { gridPos: other, title: others } of panels.slice(index + 1))
        assert.ok(
          one.x + one.w <= other.x ||
            other.x + other.w <= one.x ||
            one.y + one.h <= other.y ||
            other.y + other.h <= one.y,
          `${name}: ${title} and ${others}`,
        );
  }
});

test('every panel asks something and says what to do when it looks wrong', () => {
  const pages = new Set(readdirSync(join(root, 'docs/runbooks')).map((page) => page.slice(0, -3)));
  for (const { name, board } of written) {
    for (const { type, title, description = '', targets = [] } of board.panels) {
      if (type === 'row') continue;
      assert.ok(description.length > 40 && /[.:]/.test(description), `${name}: ${title}`);
      assert.ok(targets.length > 0, `${name}: ${title}`);
      assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
      const named = [
        ...description.matchAll(/[Rr]unbooks? ([a-z]+(?:-[a-z]+)*)(?: and ([a-z-]+))?/g),
      ];
      for (const [, ...books] of named)
        for (const book of books.filter((word?: string) => word !== undefined))
          assert.ok(pages.has(book), `${name}: ${title} names the runbook ${book}`);
    }
  }
});

/** As Grafana fills them in. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h');
}

const expressions = written.flatMap(({ name, board }) => [
  ...board.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `${name}: ${title}`, expr })),
  ),
  ...board.annotations.list.map(({ name: title, expr }) => ({ where: `${name}: ${title}`, expr })),
]);

test(
  'Prometheus can read every expression',
  { skip: requireInstalled('promtool', 'prometheus') },
  () => {
    const temporary = mkdtempSync(join(tmpdir(), 'aliaswatch-grafana-'));
    try {
      const file = join(temporary, 'expressions.yml');
      const rules = expressions.map(({ expr }, index) => ({
        record: `expression:${index}`,
        expr: filledIn(expr),
      }));
      writeFileSync(file, stringify({ groups: [{ name: 'dashboards', rules }] }));
      const said = execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      assert.match(said, new RegExp(`SUCCESS: ${rules.length} rules found`));
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  },
);

const gateway = await startScrapedGateway();
after(() => gateway[Symbol.asyncDispose]());

test('every metric that a dashboard or a rule asks for is in the scrape of a gateway', async () => {
  const { families } = await gateway.scrape();
  const rules = ['alerts.yml', 'recording.yml'].flatMap((file) => {
    const text = readFileSync(join(root, 'deploy/prometheus', file), 'utf8');
    type RuleFile = { groups: { rules: { alert?: string; record?: string; expr: string }[] }[] };
    return (parse(text) as RuleFile).groups.flatMap((group) => group.rules);
  });
  const recorded = new Set(rules.map(({ record }) => record));
  const asked = [
    ...expressions,
    ...rules.map(({ alert = '', record = alert, expr }) => ({ where: record, expr })),
  ];
  let found = 0;
  for (const { where, expr } of asked)
    for (const [name] of expr.matchAll(/\baliaswatch[_:][\w:]+/g)) {
      found++;
      const family = name.replace(/_(?:bucket|count|sum)$/, '');
      assert.ok(
        recorded.has(name) || families.has(name) || families.get(family) === 'histogram',
        `${where}: ${name}`,
      );
    }
  assert.ok(found > 100, String(found));
});

test('what is provisioned names files and addresses of the compose file', () => {
  const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
  type Compose = { services: Record<string, { volumes?: string[]; ports?: string[] }> };
  const { services } = read('docker-compose.yml') as Compose;
  const provisioning = 'deploy/grafana/provisioning';
  const { datasources } = read(`${provisioning}/datasources/prometheus.yml`) as {
    datasources: { url: string }[];
  };
  assert.equal(datasources[0]?.url, 'http://prometheus:9090');
  assert.ok('prometheus' in services);
  const { providers } = read(`${provisioning}/dashboards/aliaswatch.yml`) as {
    providers: { options: { path: string } }[];
  };
  const mounted = services['grafana']?.volumes?.find((volume) => volume.includes('/dashboards:'));
  assert.equal(mounted?.split(':')[1], providers[0]?.options.path);
});

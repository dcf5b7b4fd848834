/** One thing to look at. `description` says what to do when it looks wrong. */
export type Panel = {
  readonly title: string;
  readonly description: string;
  readonly kind?: 'timeseries' | 'stat' | 'bargauge' | 'table';
  readonly queries: readonly Query[];
  /** A unit of Grafana; `short` when absent. */
  readonly unit?: string;
  /** From so much on it is orange, and red. */
  readonly warn?: number;
  readonly bad?: number;
  readonly isStacked?: boolean;
  readonly max?: number;
};

export type Query = { readonly expr: string; readonly legend: string };

/** Panels side by side, all alike in width; at most six. */
export type Row = {
  readonly title: string;
  readonly height?: number;
  readonly panels: readonly Panel[];
};

export type DashboardSource = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
  /** Whether figures are shown for chosen aliases. */
  readonly byAlias?: boolean;
  readonly from?: string;
};

/** Columns of Grafana's grid. */
const columns = 24;
const usualHeight = 8;
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Dashboard JSON of Grafana 11 and later. */
export function dashboard({ rows, byAlias = false, from = 'now-6h', ...named }: DashboardSource) {
  return {
    ...named,
    id: null,
    schemaVersion: 41,
    version: 1,
    editable: false,
    graphTooltip: 1,
    tags: ['aliaswatch'],
    timezone: 'browser',
    refresh: '30s',
    time: { from, to: 'now' },
    links: [{ type: 'dashboards', tags: ['aliaswatch'], title: 'Aliaswatch', asDropdown: false }],
    annotations: { list: annotations },
    templating: { list: [datasourceVariable, ...(byAlias ? [aliasVariable] : [])] },
    panels: layOut(rows),
  };
}

const datasourceVariable = {
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
  current: {},
};

const aliasVariable = {
  name: 'alias',
  label: 'Alias',
  type: 'query',
  datasource,
  definition: 'label_values(aliaswatch_alias_verdicts_total, alias)',
  query: { query: 'label_values(aliaswatch_alias_verdicts_total, alias)', refId: 'aliases' },
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
};

/** What changed, on every dashboard: "what happened at 14:05" is asked everywhere. */
const annotations = [
  annotation('Rules', 'blue', {
    expr: 'max by (version) (aliaswatch_ruleset_activated_timestamp_seconds * on (instance) group_left (version) aliaswatch_ruleset_info{stage="enforce"}) * 1000',
    titleFormat: 'rules {{version}}',
    useValueForTime: true,
  }),
  annotation('Starts', 'green', {
    expr: 'max by (instance) (aliaswatch_process_start_time_seconds) * 1000',
    titleFormat: 'start of {{instance}}',
    useValueForTime: true,
  }),
  annotation('Breaker', 'red', {
    expr: 'max by (cause) (aliaswatch_breaker_open) == 1',
    titleFormat: 'breaker open ({{cause}})',
    useValueForTime: false,
  }),
  annotation('Rules refused', 'orange', {
    expr: 'min by (instance) (aliaswatch_rules_last_reload_success) == 0',
    titleFormat: 'rules refused on {{instance}}',
    useValueForTime: false,
  }),
];

function annotation(
  name: string,
  iconColor: string,
  query: {
    readonly expr: string;
    readonly titleFormat: string;
    readonly useValueForTime: boolean;
  },
) {
  return { name, iconColor, datasource, enable: true, hide: false, step: '15s', ...query };
}

function layOut(rows: readonly Row[]): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, height = usualHeight, panels: inRow } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: columns, h: 1 },
      panels: [],
    });
    y += 1;
    const w = Math.floor(columns / inRow.length);
    for (const [index, panel] of inRow.entries())
      panels.push(panelOf(panel, panels.length + 1, { x: index * w, y, w, h: height }));
    y += height;
  }
  return panels;
}

function panelOf(panel: Panel, id: number, gridPos: object): object {
  const { title, description, kind = 'timeseries', queries } = panel;
  const isOneMoment = kind === 'bargauge' || kind === 'table';
  return {
    id,
    type: kind,
    title,
    description,
    datasource,
    gridPos,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      ...(isOneMoment ? { instant: true, range: false } : { range: true }),
      ...(kind === 'table' ? { format: 'table' } : {}),
    })),
    fieldConfig: { defaults: fieldDefaults(panel), overrides: [] },
    options: optionsOf(kind),
    ...(kind === 'table' ? { transformations: [withoutTime] } : {}),
  };
}

const withoutTime = {
  id: 'organize',
  options: { excludeByName: { Time: true }, indexByName: {}, renameByName: {} },
};

function fieldDefaults({ unit = 'short', warn, bad, max, isStacked = false, kind }: Panel): object {
  const steps = [
    { color: 'green', value: null },
    ...(warn === undefined ? [] : [{ color: 'orange', value: warn }]),
    ...(bad === undefined ? [] : [{ color: 'red', value: bad }]),
  ];
  const isGraph = kind === undefined || kind === 'timeseries';
  return {
    unit,
    min: 0,
    ...(max === undefined ? {} : { max }),
    thresholds: { mode: 'absolute', steps },
    ...(isGraph
      ? {
          custom: {
            drawStyle: 'line',
            fillOpacity: isStacked ? 30 : 10,
            showPoints: 'never',
            stacking: { mode: isStacked ? 'normal' : 'none' },
            thresholdsStyle: { mode: steps.length > 1 ? 'line' : 'off' },
          },
        }
      : {}),
  };
}

function optionsOf(kind: NonNullable<Panel['kind']>): object {
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  switch (kind) {
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'stat':
      return { reduceOptions, colorMode: 'background', graphMode: 'area', textMode: 'auto' };
    case 'bargauge':
      return { reduceOptions, orientation: 'horizontal', displayMode: 'basic' };
    case 'table':
      return { showHeader: true };
  }
}

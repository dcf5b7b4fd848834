import { Registry, type Metric, type OpenMetricsContentType } from 'prom-client';

type Exposition = { readonly contentType: string; readonly body: string };

/** All series, in the format that the scraper's Accept header asks for. */
export async function expose(registry: Registry, accept = ''): Promise<Exposition> {
  const asked = wantsOpenMetrics(accept) ? asOpenMetrics(registry) : registry;
  return { contentType: asked.contentType, body: await asked.metrics() };
}

function wantsOpenMetrics(accept: string): boolean {
  return accept
    .toLowerCase()
    .split(',')
    .some(
      (range) =>
        /^\s*application\/openmetrics-text\b/.test(range) &&
        !/;\s*q=0(?:\.0*)?\s*(?:;|$)/.test(range),
    );
}

/**
 * The same series in a registry of the other format. In OpenMetrics a counter's family has no `_total`; prom-client takes it
 * from the counter itself, and for good, so it gets counters that only look like ours.
 */
function asOpenMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const shown = new Registry<OpenMetricsContentType>();
  shown.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as readonly OneMetric[])
    shown.registerMetric(
      (metric.type === 'counter' ? family(metric) : metric) as unknown as Metric,
    );
  return shown;
}

/** What prom-client calls a metric, as far as a registry asks it. */
type OneMetric = {
  readonly name: string;
  readonly type: string;
  get(): Promise<{ readonly name: string }>;
};

function family(counter: OneMetric): OneMetric {
  const name = counter.name.replace(/_total$/, '');
  return {
    name,
    type: counter.type,
    get: async () => ({ ...(await counter.get()), name }),
  };
}

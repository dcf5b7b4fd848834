import { deliverBy } from './deliver-by.ts';
import type { HostPort } from './config/host-port.ts';
import { effectivePolicy } from './decision/effective-policy.ts';
import { startDesk, type Desk } from './desk.ts';
import type { Ground } from './ground.ts';
import { startHttp, type HttpOptions } from './observability/http.ts';
import { createReadiness } from './observability/readiness.ts';
import { healthOf } from './site-health.ts';

/** The desk, with the address that says how we are. */
export type PeopleServed = AsyncDisposable & { readonly desk: Desk; readonly http: HostPort };

export type ServePeopleOptions = {
  /** What `/metrics` shows. */
  readonly registry: HttpOptions['registry'];
  /** Shutdown began. */
  readonly isDraining: () => boolean;
  /** Some process listens for mail. */
  readonly takesMail: () => boolean;
};

/**
 * Opens the desk, metrics and health.
 * @throws Error in one sentence when an address cannot be listened on, or mail would go without anybody being told.
 */
export async function servePeople(
  ground: Ground,
  { registry, isDraining, takesMail }: ServePeopleOptions,
): Promise<PeopleServed> {
  const { settings, metrics, quarantine, organization, baselines, route, alerts, now } = ground;
  const { current, loaded } = ground.rules.inForce;
  await using opened = new AsyncDisposableStack();
  metrics.measureQuarantine({
    ...quarantine,
    bytes: quarantine.usage.bytes,
    limitBytes: settings.maxQuarantineBytes,
  });
  metrics.measureOrganization(() => organization.sizes());
  const readiness = createReadiness(
    healthOf(settings.nextHop ?? [], baselines, { draining: isDraining, takingMail: takesMail }),
  );
  const desk = opened.use(
    await startDesk({
      ...ground,
      status: ground.watched.read,
      readiness,
      rules: current,
      policyInForce: (alias) => {
        const policy = alerts.withBudgets(current().policy, now());
        return effectivePolicy(policy, { alias, purpose: null }, []);
      },
      candidate: () => {
        const { candidate } = loaded();
        return candidate && { version: candidate.rules.version, stage: candidate.stage };
      },
      deliver: deliverBy(route),
    }),
  );
  const http = opened.use(
    await startHttp({ listen: settings.http, registry, readiness, others: desk.handle }),
  );
  const owned = opened.move();
  return {
    desk,
    http: { host: http.address.address, port: http.address.port },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

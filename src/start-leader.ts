import { createAlerts } from './alerts/alerts.ts';
import { heed } from './alerts/shared-alerts.ts';
import { openGround, type GroundOptions } from './ground.ts';
import { proveRelayInBackground } from './prove-relay-in-background.ts';
import { servePeople } from './serve-people.ts';
import { sayListening, type Server } from './server.ts';
import { limitClients } from './smtp/address-limits.ts';
import { ClientsOfWorkers } from './workers/clients-of-workers.ts';
import { settingsOfWorker } from './workers/settings-of-worker.ts';
import { WorkerPool } from './workers/worker-pool.ts';

export type LeaderOptions = GroundOptions & {
  /** Processes that take mail. */
  readonly workers: number;
  /** How long they may take to end. */
  readonly endWithinMs: number;
};

/** Resolves with why, when a worker cannot be kept alive. */
export type Leader = Server & { readonly gaveUp: Promise<Error> };

/**
 * Does all that a machine does once, and has worker processes take the mail: it counts clients, alerts and metrics for all
 * of them. Disposing lets them drain first.
 * @throws Error in one sentence as `startServer`, and when a worker cannot start.
 */
export async function startLeader(options: LeaderOptions): Promise<Leader> {
  const { settings, workers, endWithinMs } = options;
  await using opened = new AsyncDisposableStack();
  const ground = await openGround(options, createAlerts, opened);
  const { alerts, events, metrics, watched } = ground;
  const draining = { begun: false };
  const pool = new WorkerPool({
    count: workers,
    version: options.version,
    settings: settingsOfWorker(settings, workers),
    endWithinMs,
    clients: new ClientsOfWorkers(limitClients({ ...settings, limits: settings })),
    onWords: (words) => words.forEach((word) => heed(alerts, word)),
    onTraffic: (counts) => {
      for (const { verdict, action, messages } of counts)
        watched.countTraffic({ verdict, effectiveAction: action }, messages);
    },
    events,
  });
  const { desk, http } = opened.use(
    await servePeople(ground, {
      registry: () => pool.registry(metrics.registry),
      isDraining: () => draining.begun,
      takesMail: () => pool.serving > 0,
    }),
  );
  opened.use(pool);
  const { smtp, milter } = await pool.start();
  ground.governed.follow();
  if (ground.route !== null) opened.use(proveRelayInBackground(ground.route, events));
  sayListening(ground);
  const owned = opened.move();
  return {
    smtp,
    milter,
    http,
    links: desk.links,
    console: desk.console,
    reloadRules: ground.governed.reload,
    gaveUp: pool.gaveUp,
    [Symbol.asyncDispose]: async () => {
      draining.begun = true;
      await owned.disposeAsync();
    },
  };
}

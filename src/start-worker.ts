import { createAlerts } from './alerts/alerts.ts';
import { heed, tellingOthers, type AlertWord } from './alerts/shared-alerts.ts';
import { atEndOfTurn } from './at-end-of-turn.ts';
import { deliverBy } from './deliver-by.ts';
import { startDeskOfMail } from './desk.ts';
import { openGround, type GroundOptions } from './ground.ts';
import type { Listeners } from './listeners.ts';
import type { MetricsSnapshot } from './observability/aggregate-metrics.ts';
import { uncountedMessages } from './smtp/address-limits.ts';
import { takeMail } from './take-mail.ts';
import type { LeaderLink } from './workers/leader-link.ts';
import { measureUsage } from './workers/measure-usage.ts';
import { remoteClients } from './workers/remote-clients.ts';
import { tellTraffic } from './workers/tell-traffic.ts';

/** Disposing drains. */
export type RunningWorker = Listeners & {
  /** Also once it was disposed of. */
  readonly measure: () => Promise<MetricsSnapshot>;
};

/** The leading process sees all mail, and says once what is news. */
const silent = {
  campaignSeen: () => undefined,
  breakerOpened: () => undefined,
  breakerClosed: () => undefined,
  budgetUsed: () => undefined,
};

/**
 * Takes mail beside other processes, and nothing else; what is counted for all is told by `link`.
 * @throws Error in one sentence as `startServer`.
 */
export async function startWorker(
  options: GroundOptions,
  { tell, listen }: Pick<LeaderLink, 'tell' | 'listen'>,
): Promise<RunningWorker> {
  const { settings } = options;
  await using opened = new AsyncDisposableStack();
  const alerts = createAlerts(silent);
  const tellWord = atEndOfTurn<AlertWord>((words) => tell({ kind: 'words', words }));
  const ground = await openGround(
    { ...options, takesMailOnly: true },
    () => tellingOthers(alerts, tellWord),
    opened,
  );
  const { events, quarantine, route, metrics } = ground;
  opened.use(measureUsage(quarantine.usage, events.quarantineSweepFailed));
  const clients = remoteClients({
    tell,
    isUncounted: uncountedMessages({ ...settings, limits: settings }),
  });
  const measure = () => metrics.registry.getMetricsAsJSON();
  listen({
    onWords: (words) => words.forEach((word) => heed(alerts, word)),
    onClient: clients.answered,
    onMeasure: () => void measure().then((snapshot) => tell({ kind: 'measured', snapshot })),
  });
  const traffic = opened.use(tellTraffic((counts) => tell({ kind: 'traffic', counts })));
  const desk = opened.use(
    await startDeskOfMail({
      ...ground,
      rules: ground.rules.inForce.current,
      deliver: deliverBy(route),
    }),
  );
  const told: typeof events = {
    ...events,
    transactionCompleted: (completed) => {
      traffic.count(completed.decision);
      events.transactionCompleted(completed);
    },
  };
  const mail = opened.use(await takeMail({ ...ground, events: told }, desk, clients));
  ground.governed.follow();
  const owned = opened.move();
  return {
    smtp: mail.smtp,
    milter: mail.milter,
    measure,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

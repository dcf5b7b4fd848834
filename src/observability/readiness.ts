/** What `/readyz` asks. Each check rejects when its dependency is down. */
export type Health = {
  /** True once shutdown began: a load balancer should look elsewhere. */
  isDraining(): boolean;
  /** False while no process listens for mail; it does when absent. */
  takesMail?(): boolean;
  checkNextHop(): Promise<void>;
  checkStore(): Promise<void>;
};

type Dependency = 'up' | 'down';

/** `degraded` still takes mail: without a baseline store it is relayed unscored (DESIGN 9). */
export type Readiness = {
  readonly status: 'ready' | 'degraded' | 'draining' | 'unavailable';
  readonly nextHop: Dependency;
  readonly store: Dependency;
};

const checkTimeoutMs = 2000;
const reuseMs = 1000;

/** Asks both dependencies, at most once a second however often it is called: each check costs the next hop a session. */
export function createReadiness(health: Health): () => Promise<Readiness> {
  let latest: Promise<readonly [Dependency, Dependency]> | null = null;
  let askedAtMs = -Infinity;
  return async () => {
    if (latest === null || performance.now() - askedAtMs > reuseMs) {
      askedAtMs = performance.now();
      latest = Promise.all([ask(() => health.checkNextHop()), ask(() => health.checkStore())]);
    }
    const [nextHop, store] = await latest;
    const isDown = nextHop === 'down' || !(health.takesMail?.() ?? true);
    return { status: statusOf(health.isDraining(), isDown, store), nextHop, store };
  };
}

function statusOf(isDraining: boolean, isDown: boolean, store: Dependency): Readiness['status'] {
  if (isDraining) return 'draining';
  if (isDown) return 'unavailable';
  return store === 'down' ? 'degraded' : 'ready';
}

async function ask(check: () => Promise<void>): Promise<Dependency> {
  const timeout = Promise.withResolvers<Dependency>();
  const timer = setTimeout(() => timeout.resolve('down'), checkTimeoutMs);
  try {
    return await Promise.race([check().then((): Dependency => 'up'), timeout.promise]);
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}

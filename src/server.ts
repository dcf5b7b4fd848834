import { createAlerts } from './alerts/alerts.ts';
import type { HostPort } from './config/host-port.ts';
import { describeSettings } from './config/settings.ts';
import { openGround, type Ground, type GroundOptions } from './ground.ts';
import { proveRelayInBackground } from './prove-relay-in-background.ts';
import { servePeople } from './serve-people.ts';
import { takeMail } from './take-mail.ts';

export type ServerOptions = GroundOptions;

/** A server that has a next hop, and so is a front hop. */
export type FrontHopServer = Server & { readonly smtp: HostPort };

/** Disposing drains: no new connections, transactions in flight end, then everything is closed in reverse order. */
export type Server = AsyncDisposable & {
  /** The front hop; null without a next hop. */
  readonly smtp: HostPort | null;
  /** Null without `milterListen`. */
  readonly milter: HostPort | null;
  readonly http: HostPort;
  /** Pages behind the links of notices; null without `publicUrl`. */
  readonly links: HostPort | null;
  /** The console's own address; null where it is at `http`, or off. */
  readonly console: HostPort | null;
  /** Takes what the rules directory holds now, where it is valid. */
  readonly reloadRules: () => Promise<void>;
};

/**
 * Composition root: builds every adapter, injects them into the pipeline, and listens.
 * @throws Error in one sentence when a port is in use, or state directory, store or quarantine cannot be used.
 */
export async function startServer(
  options: ServerOptions & { readonly settings: { readonly nextHop: readonly HostPort[] } },
): Promise<FrontHopServer>;
export async function startServer(options: ServerOptions): Promise<Server>;
export async function startServer(options: ServerOptions): Promise<Server> {
  await using opened = new AsyncDisposableStack();
  const ground = await openGround(options, createAlerts, opened);
  const draining = { begun: false };
  const { desk, http } = opened.use(
    await servePeople(ground, {
      registry: ground.metrics.registry,
      isDraining: () => draining.begun,
      takesMail: () => true,
    }),
  );
  const mail = opened.use(await takeMail(ground, desk));
  ground.governed.follow();
  if (ground.route !== null) opened.use(proveRelayInBackground(ground.route, ground.events));
  sayListening(ground);
  const owned = opened.move();
  return {
    smtp: mail.smtp,
    milter: mail.milter,
    http,
    links: desk.links,
    console: desk.console,
    reloadRules: ground.governed.reload,
    [Symbol.asyncDispose]: async () => {
      draining.begun = true;
      await owned.disposeAsync();
    },
  };
}

/** Says with what a process began. */
export function sayListening({ log, version, rules, settings }: Ground): void {
  const { version: ruleset, aliases } = rules.inForce.current();
  log.info(
    { version, ruleset, aliases: aliases.length, settings: describeSettings(settings) },
    'listening',
  );
}

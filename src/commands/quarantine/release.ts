import { dayOf } from '../../baseline/ledger.ts';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits, type Commit } from '../../baseline/store.ts';
import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import type { Settings } from '../../config/settings.ts';
import { createLog } from '../../observability/log.ts';
import type { Quarantine } from '../../quarantine/quarantine.ts';
import { releaseHeld, type ReleaseOutcome } from '../../quarantine/release.ts';
import { nextHopRoute } from '../../next-hop-route.ts';
import { deliverOnce } from '../../smtp/deliver-once.ts';
import { exitCodes, printJson, type CommandContext } from '../command.ts';
import { rulesFor } from '../command-settings.ts';
import { patientStoreTimeoutMs } from '../offline-analysis.ts';
import { printable, renderTable } from '../text-table.ts';

export type Release = {
  readonly quarantine: Quarantine;
  readonly id: string;
  readonly settings: Settings & { readonly nextHop: readonly HostPort[] };
  /** Null for all of them. */
  readonly recipients: readonly string[] | null;
  readonly json: boolean;
};

/** What became of the lesson: nothing to learn yet, learned, or why not. Mail that is delivered stays delivered. */
type Learning = 'nothing' | 'learned' | { readonly problem: string };

/** Delivers, shows each recipient's real reply, and once all have the message, learns from it. */
export async function release(
  context: CommandContext,
  { quarantine, id, settings, recipients, json }: Release,
): Promise<void> {
  const { nextHop } = settings;
  const route = await nextHopRoute(settings);
  const outcome = await releaseHeld(quarantine, id, {
    ...(recipients === null ? {} : { recipients }),
    deliver: (envelope, content) => deliverOnce(route, envelope, content),
    now: new Date(),
  });
  const learning = outcome.lesson === null ? 'nothing' : await learn(outcome.lesson, settings);
  const count = (wanted: string) =>
    outcome.recipients.filter((recipient) => recipient.outcome === wanted).length;
  // The notice, until there are notices.
  createLog('info', context.stderr).info(
    {
      id,
      delivered: count('delivered'),
      refused: count('refused'),
      allDelivered: outcome.allDelivered,
      learned: learning === 'learned',
    },
    'released',
  );
  if (json)
    printJson(context, {
      id,
      recipients: outcome.recipients,
      allDelivered: outcome.allDelivered,
      learned: learning === 'learned',
    });
  else context.stdout.write(outcomeText(outcome, learning));
  if (typeof learning === 'object')
    context.stderr.write(`warning: delivered, but not learned: ${learning.problem}\n`);
  const missing = outcome.recipients.filter((recipient) => !isDelivered(recipient));
  if (missing.length === 0) return;
  for (const recipient of missing)
    context.stderr.write(`error: ${sentenceOf(recipient, id, nextHop)}\n`);
  context.exit(exitCodes.failed);
}

async function learn(lesson: Commit, settings: Settings): Promise<Learning> {
  try {
    const { learning } = (await rulesFor(settings)).policy;
    await using baselines = await openStore(settings.store, {
      limits: { ...defaultStoreLimits, ...learning },
      timeoutMs: patientStoreTimeoutMs,
    });
    // Learned today, so that it matures like everything else: a release is somebody's word, and words can be wrong.
    await baselines.commit({ ...lesson, day: dayOf(new Date()) });
    return 'learned';
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function isDelivered({ outcome }: ReleaseOutcome['recipients'][number]): boolean {
  return outcome === 'delivered' || outcome === 'already-delivered';
}

function sentenceOf(
  { recipient, outcome, reply }: ReleaseOutcome['recipients'][number],
  id: string,
  nextHop: readonly HostPort[],
): string {
  if (outcome === 'not-in-envelope')
    return printable(
      `${recipient} is not a recipient of ${id}: \`aliaswatch quarantine show ${id}\` lists them`,
    );
  return printable(
    `${nextHop.map(formatHostPort).join(' or ')} did not take ${id} for ${recipient}: ${reply ?? 'no reply'}; it stays held, release it again once the reason is gone`,
  );
}

const words = {
  delivered: 'delivered',
  'already-delivered': 'delivered before',
  refused: 'still held',
  'not-in-envelope': 'not a recipient of this message',
};

function outcomeText({ id, recipients, allDelivered }: ReleaseOutcome, learning: Learning): string {
  const rows = recipients.map(({ recipient, outcome, reply }) => [
    recipient,
    words[outcome],
    reply ?? '',
  ]);
  const table = renderTable(
    [{ heading: 'recipient' }, { heading: 'outcome' }, { heading: "next hop's reply" }],
    rows,
  );
  const end = allDelivered
    ? `all recipients have ${printable(id)}`
    : `${printable(id)} is still held for some recipients`;
  return `${table}\n${end}${learning === 'learned' ? '; its baseline has learned from it' : ''}\n`;
}

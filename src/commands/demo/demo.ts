import { loadRules } from '../../config/load-rules.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import { completeSettings } from '../../config/settings.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
} from '../command.ts';
import { replay } from './attacks.ts';
import { openDemoSite } from './demo-site.ts';
import { forwarder } from './forwarder.ts';
import { Play } from './play.ts';
import { createRandom } from './random.ts';
import { renderReport } from './report.ts';
import { summarize } from './summary.ts';
import { calendar } from './traffic.ts';
import { createVendor, profiles, senderZone, type Vendor, type VendorName } from './vendors.ts';
import type { Zone } from './zone.ts';

const seed = 7;

/**
 * Plays a month of honest vendor mail and four attacks through the real gateway, all on loopback, and prints what became
 * of them. Leaves nothing behind.
 * @throws CommandFailure when it is stopped, or when this machine cannot play it.
 */
export async function runDemo(
  context: CommandContext,
  { json }: { readonly json: boolean },
): Promise<void> {
  const rules = await shippedRules();
  const vendors = await createVendors();
  await using site = await openDemoSite(rules, internetZone(vendors));
  const play = new Play({ site, vendors, start: firstMidnight(), random: createRandom(seed) });
  context.stderr.write(
    `Playing ${calendar.days} days of mail of three vendors, then a day with four attacks, over SMTP on loopback …\n`,
  );
  await perform(play, context);
  const result = summarize(play.honest, play.attacks);
  if (json) printJson(context, result);
  else context.stdout.write(renderReport({ result, honest: play.honest, attacks: play.attacks }));
}

async function perform(play: Play, context: CommandContext): Promise<void> {
  using progress = startProgress(context, { total: play.scenes.length, unit: 'messages' });
  for (const scene of play.scenes) {
    if (context.signal.aborted)
      throw new CommandFailure('The demo was stopped; it leaves nothing behind.', {
        exitCode: exitCodes.interrupted,
      });
    await scene.act().catch((error: unknown) => {
      throw explain(error);
    });
    progress.step();
  }
}

async function createVendors(): Promise<Readonly<Record<VendorName, Vendor>>> {
  const [microsoft, paypal, google] = await Promise.all([
    createVendor(profiles.microsoft),
    createVendor(profiles.paypal),
    createVendor(profiles.google),
  ]);
  return { microsoft, paypal, google };
}

/** What all senders publish: SPF, DKIM keys, DMARC policies, names of their servers. */
function internetZone(vendors: Readonly<Record<VendorName, Vendor>>): Zone {
  return {
    ...vendors.microsoft.zone,
    ...vendors.paypal.zone,
    ...vendors.google.zone,
    ...senderZone(forwarder.mailFrom, [forwarder.host]),
    ...senderZone(replay.mailFrom, [replay.host]),
  };
}

/** So that the day of the attacks, the last one, is yesterday. */
function firstMidnight(): Date {
  const today = new Date();
  today.setUTCHours(0, 0, 0, 0);
  today.setUTCDate(today.getUTCDate() - calendar.days - 1);
  return today;
}

async function shippedRules(): Promise<RuleSet> {
  const loading = await loadRules(completeSettings({}, 'localhost').rulesDir);
  if (loading.ok) return loading.rules;
  throw new CommandFailure(
    'The rules that ship with Aliaswatch cannot be read; `aliaswatch rules check` says why.',
  );
}

/** Elsewhere than on Linux, 127.0.0.1 is often the only loopback address there is. */
function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes('EADDRNOTAVAIL')) return error;
  return new CommandFailure(
    'The demo sends from many addresses in 127.0.0.0/8, and this system has only 127.0.0.1: run it on Linux or in a container.',
    { cause: error },
  );
}

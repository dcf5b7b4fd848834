import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import type { Act, Effect } from '../../review/review.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { reportAct, targetOf } from '../review/act-report.ts';
import { openDesk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable, renderTable } from '../text-table.ts';

export type ReleaseFlags = SettingFlags & {
  readonly rcpt?: readonly string[];
  readonly campaign?: string;
  readonly reason?: string;
  readonly json?: boolean;
};

/** Delivers, shows each recipient's real reply, and once all have a message, learns from it. */
export async function releaseHeldMail(
  context: CommandContext,
  ids: readonly string[],
  { rcpt, campaign, reason = '', json = false, ...flags }: ReleaseFlags,
): Promise<void> {
  const target = targetOf(ids, campaign, 'quarantine release');
  const settings = await settingsFor(context, flags, ['nextHop']);
  await using desk = await openDesk(context, settings);
  const recipients = rcpt === undefined ? {} : { recipients: rcpt };
  const act = await desk.review.release(target, desk.by, { reason, ...recipients });
  const [effect] = act.effects;
  if (!('message' in target) || effect === undefined) {
    reportAct(context, act, json);
    failUnless(context, act.effects.every(isDone));
    return;
  }
  if (effect.outcome === 'missing')
    throw new CommandFailure(
      `no message ${effect.message} is held: \`aliaswatch quarantine list\` shows the ids`,
    );
  const held = await desk.quarantine.find(effect.message);
  report(context, { act, effect, json, allDelivered: held?.state === 'released' });
  for (const recipient of (effect.recipients ?? []).filter(isWithout))
    context.stderr.write(`error: ${sentenceOf(recipient, effect.message, settings.nextHop)}\n`);
  if (effect.recipients === undefined) context.stderr.write(`error: ${printable(effect.detail)}\n`);
  failUnless(context, isDone(effect));
}

type Recipient = NonNullable<Effect['recipients']>[number];

function isWithout({ outcome }: Recipient): boolean {
  return outcome === 'refused' || outcome === 'not-in-envelope';
}

function isDone({ outcome }: Effect): boolean {
  return outcome === 'done' || outcome === 'already';
}

function failUnless({ exit }: CommandContext, isAllDone: boolean): void {
  if (!isAllDone) exit(exitCodes.failed);
}

type Report = {
  readonly act: Act;
  readonly effect: Effect;
  readonly json: boolean;
  readonly allDelivered: boolean;
};

function report(context: CommandContext, { act, effect, json, allDelivered }: Report): void {
  const { message: id, recipients = [], learned = false, detail } = effect;
  if (json) printJson(context, { id, act: act.id, recipients, allDelivered, learned });
  else context.stdout.write(outcomeText({ id, recipients, allDelivered, learned }));
  const problem = /; (not learned: .*)$/.exec(detail)?.[1];
  if (problem !== undefined) context.stderr.write(`warning: delivered, but ${problem}\n`);
}

function sentenceOf(
  { recipient, outcome, reply }: Recipient,
  id: string,
  nextHop: readonly HostPort[] | null,
): string {
  if (outcome === 'not-in-envelope')
    return printable(
      `${recipient} is not a recipient of ${id}: \`aliaswatch quarantine show ${id}\` lists them`,
    );
  return printable(
    `${(nextHop ?? []).map(formatHostPort).join(' or ')} did not take ${id} for ${recipient}: ${reply ?? 'no reply'}; it stays held, release it again once the reason is gone`,
  );
}

const words = {
  delivered: 'delivered',
  'already-delivered': 'delivered before',
  refused: 'still held',
  'not-in-envelope': 'not a recipient of this message',
};

type Outcome = {
  readonly id: string;
  readonly recipients: readonly Recipient[];
  readonly allDelivered: boolean;
  readonly learned: boolean;
};

function outcomeText({ id, recipients, allDelivered, learned }: Outcome): string {
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
  return `${table}\n${end}${learned ? '; its baseline has learned from it' : ''}\n`;
}

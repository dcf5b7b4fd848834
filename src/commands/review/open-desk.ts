import type { AuditLog } from '../../audit/audit-log.ts';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import { createPseudonym } from '../../features/hash.ts';
import type { Settings } from '../../config/settings.ts';
import { openHeldMailOf, quarantineDirectory, type HeldMailSettings } from '../../held-mail.ts';
import { nextHopRoute } from '../../next-hop-route.ts';
import { loadPseudonymKey } from '../../pseudonym-key.ts';
import { attackSettings } from '../../notices/attack-notices.ts';
import { createRequests } from '../../notices/links/recipient-requests.ts';
import { settleByAct, type Deciding } from '../../notices/links/settle-by-act.ts';
import { openNoticeDesk, type NoticeDeskOptions } from '../../notices/notice-desk.ts';
import { hasNotices, noticesPath, openNoticesFile } from '../../notices/notices-file.ts';
import type { HeldMail } from '../../quarantine/open-held-mail.ts';
import { QuarantineError } from '../../quarantine/quarantine-error.ts';
import { createReview } from '../../review/create-review.ts';
import type { AttackNotices } from '../../review/notify-campaign.ts';
import { openReviewStore } from '../../review/open-review-store.ts';
import type { Review, Reviewer } from '../../review/review.ts';
import { activate } from '../../activate-rules.ts';
import { deliverOnce } from '../../smtp/deliver-once.ts';
import { reply } from '../../smtp/reply.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import { CommandFailure, type CommandContext } from '../command.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import { operatorOf } from '../operator-name.ts';
import { openLedgers } from '../organization/open-ledgers.ts';
import { rulesInForce } from '../rules/stored-rules.ts';

/** What a command needs to act as a reviewer. */
export type Desk = AsyncDisposable & {
  readonly review: Review;
  readonly quarantine: HeldMail;
  readonly audit: AuditLog;
  /** Who runs the command. */
  readonly by: Reviewer;
};

/** Opens the stores of a gateway, which may be running. @throws CommandFailure where there is no quarantine. */
export async function openDesk(context: CommandContext, settings: Settings): Promise<Desk> {
  await using opened = new AsyncDisposableStack();
  const quarantine = opened.use(await existingQuarantine(context, settings));
  const rules = activate(await rulesInForce(context, settings), settings);
  const pseudonymKey = await loadPseudonymKey(settings.stateDir);
  const timeoutMs = patientStoreTimeoutMs;
  const store = opened.use(await openReviewStore(settings.store, { timeoutMs }));
  const { learning } = rules.policy;
  const limits = { ...defaultStoreLimits, ...learning };
  const baselines = opened.use(await openStore(settings.store, { limits, timeoutMs }));
  const organization = opened.use(
    await openLedgers({
      settings,
      pseudonymKey,
      windowDays: learning.windowDays,
      onLost: (error) =>
        void context.stderr.write(`warning: organization's ledgers: ${String(error)}\n`),
    }),
  );
  const audit = opened.use(await openAuditLog(context, settings));
  const review = createReview({
    store,
    quarantine,
    baselines,
    organization,
    audit,
    deliver: await deliveryOf(settings),
    rules: () => rules,
    pseudonym: createPseudonym(pseudonymKey),
    now: () => new Date(),
    notices: () => attackNotices({ settings, languages: rules.notices, quarantine }),
    onAct: (act, undone) => settleRequests(context, settings, { act, undone, at: new Date() }),
  });
  const owned = opened.move();
  return {
    review,
    quarantine,
    audit,
    by: { kind: 'operator', name: operatorOf(context), via: 'command' },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Notices of the gateway's state directory, which are opened for as long as somebody is told. */
function attackNotices(
  given: Pick<NoticeDeskOptions, 'languages' | 'quarantine'> & { readonly settings: Settings },
): AttackNotices {
  const { settings } = given;
  const inFile = async <Answer>(work: (notices: AttackNotices) => Promise<Answer>) => {
    await using desk = await openNoticeDesk({
      ...given,
      expiryAction: settings.quarantineExpiry,
      // Nothing is sent from here.
      deliver: () => Promise.resolve(reply(451, '4.3.0', 'not now')),
      onOutcome: () => undefined,
      now: () => new Date(),
    });
    return await work(desk.attacks);
  };
  return {
    ...attackSettings(settings),
    unaware: (attack) => inFile((notices) => notices.unaware(attack)),
    tell: (attack) => inFile((notices) => notices.tell(attack)),
    preview: (attack) => inFile((notices) => notices.preview(attack)),
  };
}

/** What recipients asked for the message is settled by the act. */
function settleRequests(
  { stderr }: Pick<CommandContext, 'stderr'>,
  { stateDir }: Settings,
  deciding: Deciding,
): void {
  if (!hasNotices(stateDir)) return;
  try {
    using notices = openNoticesFile(noticesPath(stateDir));
    settleByAct(createRequests(notices), deciding);
  } catch (error) {
    stderr.write(`warning: what recipients asked for stays open: ${String(error)}\n`);
  }
}

async function deliveryOf({ nextHop, ...settings }: Settings) {
  if (nextHop === null)
    return () => Promise.resolve(reply(451, '4.3.5', 'no next hop is named: give --next-hop'));
  const route = await nextHopRoute({ ...settings, nextHop });
  return (...[envelope, content]: DeliverArguments) => deliverOnce(route, envelope, content);
}

type DeliverArguments = [Parameters<typeof deliverOnce>[1], Parameters<typeof deliverOnce>[2]];

/** Dispose of it. @throws CommandFailure where there is none. */
export async function existingQuarantine(
  { stderr }: Pick<CommandContext, 'stderr'>,
  settings: HeldMailSettings,
): Promise<HeldMail> {
  try {
    return await openHeldMailOf(
      { ...settings, storeTimeoutMs: patientStoreTimeoutMs },
      {
        create: false,
        onIndexFailed: (error) =>
          void stderr.write(`warning: index of the quarantine: ${String(error)}\n`),
      },
    );
  } catch (error) {
    if (!(error instanceof QuarantineError) || error.problem !== 'missing') throw error;
    throw new CommandFailure(
      `there is no quarantine at ${quarantineDirectory(settings)}: name the state directory of the gateway with --state-dir`,
      { cause: error },
    );
  }
}

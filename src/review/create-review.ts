import { createActJournal, type ActJournal } from './act-journal.ts';
import { approvalId, approvalOf, approvalTag } from './approval-record.ts';
import { approveMessage, approveValue, readApproval } from './approve.ts';
import { listCampaigns, viewCampaign } from './campaign-view.ts';
import { attackedCampaigns, confirmCampaign } from './confirm-attack.ts';
import { deleteMessage } from './delete-message.ts';
import { exclusively } from './exclusively.ts';
import { findMessages } from './find-messages.ts';
import { notifyCampaign, previewNotify } from './notify-campaign.ts';
import { recordAct } from './record-act.ts';
import { releaseMessage } from './release-messages.ts';
import type { Act, Approval, Effect, Review, Reviewer, Target } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import { eachMessage, messagesOf, subjectOf } from './targets.ts';
import { takeBack } from './undo.ts';

const mostApprovals = 5000;

/** What people do with mail. Each act is in the journal before it begins, and on the audit log before it is answered. */
export function createReview(deps: ReviewDependencies): Review {
  const { store, quarantine, now } = deps;
  const journal = createActJournal(store, now, deps.onAct);
  const flush = () => deps.flush?.() ?? Promise.resolve();
  return {
    list: (filter, page) => quarantine.list(filter, page),
    campaigns: async (page) => {
      await flush();
      return listCampaigns(deps, page);
    },
    campaign: async (id) => {
      await flush();
      return viewCampaign(deps, id);
    },
    messages: async (filter, page) => {
      await flush();
      return findMessages(deps, filter, page);
    },
    release: async (target, by, { reason, recipients }) => {
      const ids = await messagesOf(deps, target, { state: 'held' });
      const given = { by, reason, subject: subjectOf(target), reaching: ids };
      return journal.keep({ kind: 'release', ...given }, async (act) => ({
        effects: await releaseEach(deps, ids, { target, recipients, act }),
      }));
    },
    delete: async (target, by, { reason }) => {
      const ids = await messagesOf(deps, target, { state: 'held' });
      const given = { by, reason, subject: subjectOf(target), reaching: ids };
      return journal.keep({ kind: 'delete', ...given }, async (act) => ({
        effects: await eachMessage(ids, (id) => deleteMessage(deps, id, act)),
      }));
    },
    confirmAttack: async (target, by, { reason }) => {
      await flush();
      return confirmAttack(deps, journal, { target, by, reason });
    },
    approveValue: async (value, by, { reason }) => {
      const given = readApproval(deps, value);
      const subject = `${given.alias} ${given.value}`;
      const message = approvalId(given);
      const begun = { by, reason, subject, reaching: [message] };
      return journal.keep({ kind: 'approve-value', ...begun }, async (act) => {
        const replaced = await approveValue(deps, given, act);
        const detail = `${given.table} ${given.value} counts as established on ${given.alias} for ${given.days} days`;
        return { effects: [{ message, outcome: 'done', detail }], traces: { replaced } };
      });
    },
    approveMessage: async (id, by, { reason }) => {
      await flush();
      const given = { by, reason, subject: id, reaching: [id] };
      return journal.keep({ kind: 'approve-message', ...given }, async (act) => ({
        effects: [await exclusively(store, `message ${id}`, () => approveMessage(deps, id, act))],
      }));
    },
    notify: async (campaign, by, { to: whom, reason }) => {
      await flush();
      return notifyCampaign(deps, journal, { campaign, whom, by, reason });
    },
    notifying: async (campaign, whom) => {
      await flush();
      return previewNotify(deps, { campaign, whom });
    },
    undo: (id, by, { reason }) => undo(deps, journal, { id, by, reason }),
    acts: (page) => journal.list(page),
    approvals: async (alias) => {
      const tag = alias === null ? null : approvalTag(alias);
      const records = await store.newest('approval', { tag, limit: mostApprovals });
      const atMs = now().getTime();
      return records
        .map((record): Approval => approvalOf(record))
        .filter(({ expiresAt }) => Date.parse(expiresAt) > atMs);
    },
  };
}

type Releasing = {
  readonly target: Target;
  readonly recipients: readonly string[] | undefined;
  readonly act: Act;
};

/** Of a campaign, recipients are those of each message among them: what is not for them is left alone. */
function releaseEach(
  deps: ReviewDependencies,
  ids: readonly string[],
  { target, recipients, act }: Releasing,
): Promise<readonly Effect[]> {
  const all = recipients === undefined || recipients.length === 0;
  return eachMessage(ids, async (id) => {
    if (all) return releaseMessage(deps, id, { act });
    if (!('campaign' in target)) return releaseMessage(deps, id, { act, recipients });
    const held = await deps.quarantine.find(id);
    const meant = held?.envelope.rcptTo.filter((address) => recipients.includes(address)) ?? [];
    if (meant.length > 0) return releaseMessage(deps, id, { act, recipients: meant });
    return { message: id, outcome: 'already', detail: 'it is for none of these recipients' };
  });
}

type Confirming = {
  readonly target: Target;
  readonly by: Reviewer;
  readonly reason: string;
};

function confirmAttack(
  deps: ReviewDependencies,
  journal: ActJournal,
  { target, by, reason }: Confirming,
): Promise<Act> {
  const subject = subjectOf(target);
  return journal.keep({ kind: 'confirm-attack', by, reason, subject }, async (act) => {
    const campaigns = await attackedCampaigns(deps, target);
    if (campaigns.length === 0)
      return { effects: [{ message: subject, outcome: 'missing', detail: 'nobody remembers it' }] };
    const effects: Effect[] = [];
    for (const attacked of campaigns) {
      const { id, aliases } = attacked.campaign;
      const confirmed = await exclusively(deps.store, `campaign ${id}`, () =>
        confirmCampaign(deps, attacked, act),
      );
      const outcome = confirmed.isNew ? 'done' : 'already';
      const detail = `campaign ${id} ${confirmed.isNew ? 'is' : 'was'} confirmed; lessons of ${confirmed.effects.length} messages forgotten`;
      effects.push({ message: id, outcome, detail }, ...confirmed.effects);
      await recordAct(deps, act, 'attack-confirmed', {
        subject: id,
        facts: { aliases: aliases.join(' '), forgotten: confirmed.effects.length },
      });
    }
    return { effects };
  });
}

type Undoing = { readonly id: string; readonly by: Reviewer; readonly reason: string };

/** @throws Error in one sentence where there is no such act, or it cannot be taken back. */
async function undo(
  deps: ReviewDependencies,
  journal: ActJournal,
  { id, by, reason }: Undoing,
): Promise<Act> {
  return exclusively(deps.store, `act ${id}`, async () => {
    const entry = await journal.find(id);
    if (entry === null) throw new Error(`no act ${id}: \`aliaswatch quarantine acts\` shows them`);
    if (entry.act.kind === 'undo')
      throw new Error('an undo is not taken back: do again what it took back');
    if (entry.act.kind === 'notify') throw new Error('what people were told is not taken back');
    return journal.keep({ kind: 'undo', by, reason, subject: id }, async (act) => {
      const { undoneBy, kind } = entry.act;
      if (undoneBy !== null)
        return { effects: [{ message: id, outcome: 'already', detail: `undone by ${undoneBy}` }] };
      const effects = await takeBack(deps, journal, { ...entry, by: act });
      // Recorded first: one that is tried again because it could not be recorded must not be answered with `already`.
      await recordAct(deps, act, 'undone', { facts: { kind, effects: effects.length } });
      await journal.markUndone(id, act.id);
      return { effects, undone: entry.act };
    });
  });
}

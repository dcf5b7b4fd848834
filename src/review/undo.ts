import type { ActJournal, ActTraces, JournalEntry } from './act-journal.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { disapproveValue } from './approve.ts';
import { attacksOf, unconfirmCampaign } from './confirm-attack.ts';
import { restoreMessage } from './delete-message.ts';
import { exclusively } from './exclusively.ts';
import type { Act, Effect } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import { eachMessage } from './targets.ts';
import { disown } from './teach.ts';

/** Takes an act back as far as it can be; may be repeated. */
export async function takeBack(
  deps: ReviewDependencies,
  journal: Pick<ActJournal, 'find'>,
  { act, traces, by }: JournalEntry & { readonly by: Act },
): Promise<readonly Effect[]> {
  const reached = reachedBy(act, traces);
  switch (act.kind) {
    case 'release':
      return eachMessage(reached, async (id) => {
        const forgotten = await disown(deps, id, by.id);
        const what = forgotten ? 'what it taught is forgotten' : 'it taught nothing';
        return {
          message: id,
          outcome: 'partly',
          detail: `what is delivered cannot be called back; ${what}`,
        };
      });
    case 'delete':
      return eachMessage(reached, (id) => restoreMessage(deps, id));
    case 'confirm-attack':
      return inTurn(await attacksOf(deps, act.id), (campaign) =>
        exclusively(deps.store, `campaign ${campaign}`, () =>
          unconfirmCampaign(deps, campaign, act.id),
        ),
      );
    case 'approve-value':
      return eachMessage(reached, async (approval) =>
        disapproveValue(
          deps,
          { approval, act: act.id },
          await stillGiven(journal, traces.replaced),
        ),
      );
    case 'approve-message':
      return eachMessage(reached, async (id) => {
        const forgotten = await disown(deps, id, by.id);
        return forgotten
          ? { message: id, outcome: 'done', detail: 'what it taught is forgotten' }
          : { message: id, outcome: 'already', detail: 'it had been forgotten' };
      });
    case 'notify':
    case 'undo':
      throw new Error(`${act.kind} is not taken back`);
  }
}

/** What an act may have changed; of one that broke off, all that it set out to. */
function reachedBy({ effects }: Act, { reaching = [] }: ActTraces): readonly string[] {
  if (effects.length === 0) return reaching;
  return effects
    .filter(({ outcome }) => outcome === 'done' || outcome === 'partly')
    .map(({ message }) => message);
}

/** What an approval replaced may have been taken back meanwhile; then what that one replaced is asked. */
async function stillGiven(
  journal: Pick<ActJournal, 'find'>,
  replaced: ActTraces['replaced'],
): Promise<ApprovalRecord | null> {
  if (!replaced) return null;
  const entry = await journal.find(replaced.act);
  if (entry === null || entry.act.undoneBy === null) return replaced;
  return stillGiven(journal, entry.traces.replaced);
}

async function inTurn(
  campaigns: readonly string[],
  work: (campaign: string) => Promise<readonly Effect[]>,
): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  for (const campaign of campaigns) effects.push(...(await work(campaign)));
  return effects;
}

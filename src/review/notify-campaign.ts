import type { ActJournal } from './act-journal.ts';
import { viewCampaign } from './campaign-view.ts';
import { copiesOut, nameless } from './copies-out.ts';
import { exclusively } from './exclusively.ts';
import { recordAct } from './record-act.ts';
import type { Act, CampaignMember, Notifying, Reviewer, Told, Whom } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';

/** How people are told of mail that was delivered. */
export type AttackNotices = {
  /** A sentence that names the setting which keeps all notices back; null where they may be sent. */
  readonly keptBack: string | null;
  readonly admins: readonly string[];
  /** Who would hear of something new. */
  readonly unaware: (attack: Attack) => Promise<ReadonlySet<string>>;
  /** Gives who hears of something new by it; on disk when it resolves, and sent by a running gateway. */
  readonly tell: (attack: Attack) => Promise<ReadonlySet<string>>;
  /** What the first of them would read. */
  readonly preview: (attack: Attack) => Promise<Notifying['notice']>;
};

/** Copies that people have, and who is told of them. */
export type Attack = {
  readonly campaign: string;
  readonly copies: readonly Pick<
    CampaignMember,
    'id' | 'at' | 'alias' | 'from' | 'subject' | 'recipients'
  >[];
  readonly whom: Whom;
};

type Asked = { readonly campaign: string; readonly whom: Whom };
type Given = Asked & { readonly by: Reviewer; readonly reason: string };

/** Nobody is told of the same message twice, so it may be repeated. @throws Error in one sentence where nobody can be told. */
export function notifyCampaign(
  deps: ReviewDependencies,
  journal: ActJournal,
  { by, reason, ...asked }: Given,
): Promise<Act> {
  const { campaign, whom } = asked;
  return exclusively(deps.store, `notices of ${campaign}`, async () => {
    const { attack, told, notices } = await reach(deps, asked);
    return journal.keep({ kind: 'notify', by, reason, subject: campaign }, async (act) => {
      const { people, news, messages, nameless } = told;
      if (news > 0) {
        // Recorded first: nobody is told behind the back of the log.
        const facts = { to: whom, people, news, messages, nameless };
        await recordAct(deps, act, 'campaign-notified', { facts });
        await notices.tell(attack);
      }
      const outcome = news > 0 ? 'done' : 'already';
      return { effects: [{ message: campaign, outcome, detail: sentence(told), told }] };
    });
  });
}

/** What that would do now. @throws Error in one sentence where nobody can be told. */
export async function previewNotify(deps: ReviewDependencies, asked: Asked): Promise<Notifying> {
  const { attack, told, notices } = await reach(deps, asked);
  return { ...told, notice: await notices.preview(attack) };
}

async function reach(deps: ReviewDependencies, { campaign, whom }: Asked) {
  const notices = deps.notices?.() ?? null;
  if (notices === null) throw new Error('notices are sent by another process');
  if (notices.keptBack !== null) throw new Error(notices.keptBack);
  if (whom === 'admins' && notices.admins.length === 0)
    throw new Error(
      'no administrator is named: set noticeTo, or give --notice-to to `aliaswatch campaign notify`',
    );
  const view = await viewCampaign(deps, campaign);
  if (view === null)
    throw new Error(
      `nobody remembers campaign ${campaign}: \`aliaswatch campaign list\` shows the ids`,
    );
  const copies = await copiesOut({ id: campaign, members: view.members }, deps.quarantine);
  if (copies.length === 0)
    throw new Error(`nobody has a copy of campaign ${campaign}: there is no one to tell`);
  const attack: Attack = { campaign, copies, whom };
  const reached = whom === 'admins' ? notices.admins : copies.flatMap((copy) => copy.recipients);
  const told: Told = {
    to: whom,
    people: new Set(reached).size,
    news: (await notices.unaware(attack)).size,
    messages: copies.length,
    nameless: whom === 'admins' ? 0 : nameless(copies),
    confirmed: view.summary.confirmed,
  };
  return { attack, told, notices };
}

/** What an act of this kind says: how many, of how many messages, and who is left out. */
export function sentence({ people, news, messages, nameless }: Omit<Told, 'to'>): string {
  const of = `${messages} delivered ${messages === 1 ? 'message' : 'messages'}`;
  const knew = people - news;
  const parts = [
    news === 0
      ? `nobody is told again: all of ${of} was told before`
      : `${news} ${news === 1 ? 'person is' : 'people are'} told of ${of} within minutes`,
    ...(news > 0 && knew > 0 ? [`${knew} knew it before`] : []),
    ...(nameless > 0
      ? [
          `${nameless} more ${nameless === 1 ? 'recipient is' : 'recipients are'} left out, since their addresses are not remembered`,
        ]
      : []),
  ];
  return parts.join('; ');
}

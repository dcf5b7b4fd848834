import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Settings } from '../config/settings.ts';
import type { Attack, AttackNotices } from '../review/notify-campaign.ts';
import { weighedChunks } from '../review/weighed-chunks.ts';
import { newTransactionId } from '../smtp/transaction-id.ts';
import type { TextsFor } from './choose-texts.ts';
import { noticeText } from './notice-bodies.ts';
import type { Addressee, Notice } from './notice.ts';
import { noticeWords } from './notice-words.ts';
import type { Outbox, PendingNotice, ToTell } from './outbox.ts';

export type AttackSettings = Pick<Settings, 'noticeMode' | 'noticeTo'>;

type Telling = {
  readonly settings: AttackSettings;
  readonly outbox: Pick<Outbox, 'addAll' | 'unaware'>;
  readonly textsFor: TextsFor;
  readonly gather: (pending: PendingNotice, now: Date) => Promise<Notice | null>;
  readonly now: () => Date;
};

/** Addressees written in one transaction: mail waits meanwhile. */
const atOnce = 500;
/** Messages that a preview counts. */
const mostPreviewed = 1000;

/** Whether people may be told at all, and which administrators. */
export function attackSettings({
  noticeMode,
  noticeTo,
}: AttackSettings): Pick<AttackNotices, 'keptBack' | 'admins'> {
  return {
    keptBack:
      noticeMode === 'off'
        ? 'noticeMode is off, so that nobody is sent notices: set it to immediate or digest, or give --notice-mode immediate to `aliaswatch campaign notify`'
        : null,
    admins: noticeTo,
  };
}

/** Tells people that mail which was delivered was an attack: recipients of their own, administrators of all of it. */
export function createAttackNotices({
  settings,
  outbox,
  textsFor,
  gather,
  now,
}: Telling): AttackNotices {
  const eachChunk = async (
    attack: Attack,
    work: (some: readonly ToTell[]) => readonly string[],
  ) => {
    const reached = new Set<string>();
    for (const some of weighedChunks(entriesOf(attack, settings), ({ to }) => to.length, atOnce)) {
      for (const address of work(some)) reached.add(address);
      await yieldToOthers();
    }
    return reached;
  };
  return {
    ...attackSettings(settings),
    unaware: (attack) =>
      eachChunk(attack, (some) =>
        some.flatMap((entry) => outbox.unaware(entry).map(({ address }) => address)),
      ),
    tell: (attack) => eachChunk(attack, (some) => outbox.addAll(some, now())),
    preview: async (attack) => {
      const entries = entriesOf(attack, settings);
      const isNews = (entry: ToTell) => outbox.unaware(entry).length > 0;
      const first = entries.find(isNews) ?? entries[0];
      const [to] = first === undefined ? [] : [...outbox.unaware(first), ...first.to];
      if (to === undefined) throw new Error('there is nobody to tell');
      const own = entries
        .filter((entry) => entry.to.some(({ address }) => address === to.address))
        .map((entry) => ({ ...entry, to: [to] }));
      const news = own.filter(isNews);
      const notice = await gather(pendingFor(to, news.length > 0 ? news : own, now()), now());
      if (notice === null) throw new Error('there is nothing to tell');
      const { texts, language } = textsFor(to.address);
      const words = noticeWords(notice, texts, language);
      return { to: to.address, subject: words.subject, text: noticeText(words) };
    },
  };
}

function entriesOf(
  { campaign, copies, whom }: Attack,
  { noticeTo }: AttackSettings,
): readonly (ToTell & Required<Pick<ToTell, 'mail'>>)[] {
  const admins = noticeTo.map((address): Addressee => ({ address, audience: 'admin' }));
  return copies.map(({ id, at, alias, from, subject, recipients }) => {
    const people = recipients.map((address): Addressee => ({ address, audience: 'recipient' }));
    // Who else has it is none of a recipient's business, and a thousand times a thousand addresses.
    const mail = { at, alias, from, subject, recipients: whom === 'admins' ? recipients : [] };
    const to = whom === 'admins' ? admins : people;
    return { kind: 'attack', message: id, campaign, to, mail };
  });
}

function pendingFor(
  to: Addressee,
  entries: ReturnType<typeof entriesOf>,
  createdAt: Date,
): PendingNotice {
  const messages = entries
    .slice(0, mostPreviewed)
    .map(({ message, campaign, mail }) => ({ message, campaign, mail }));
  return { id: newTransactionId(createdAt), kind: 'attack', to, createdAt, attempts: 0, messages };
}

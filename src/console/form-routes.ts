import type * as z from 'zod';
import type { Act, Review, Target } from '../review/review.ts';
import { revokeSessions, revokeToken, type Access } from './access/access.ts';
import { given } from './api/paging.ts';
import { forms } from './forms.ts';
import type { Frame } from './frame.ts';
import type { Role } from './role.ts';
import type { ConsoleSources } from './sources.ts';
import { reviewerOf, type Visitor } from './visitor.ts';

export type Notice = NonNullable<Frame['notice']>;

export type FormContext = {
  readonly sources: ConsoleSources;
  readonly access: Access;
  readonly visitor: Visitor;
};

/** One form: who may send it, and what it does. */
export type FormRoute = {
  readonly path: keyof typeof forms;
  readonly needs: Role;
  /** The fields as they came; null where they are not what `forms` says. */
  readonly submit: (fields: unknown, context: FormContext) => Promise<Notice> | null;
};

/** Those that only touch cookies are the server's own: `/theme` and `/logout`. */
export const formRoutes: readonly FormRoute[] = [
  formRoute('/act', 'operator', async (fields, { sources, visitor }) => {
    const review = reviewOf(sources);
    const target = targetOf(fields);
    if (target === null) return refused('Choose at least one message.');
    const { act: kind, recipients, recipient } = fields;
    if (kind === 'release' && recipients === 'ticked' && recipient.length === 0)
      return refused('Tick at least one recipient.');
    const act = await perform(review, { ...fields, target }, visitor);
    return noticeOf(act);
  }),
  formRoute('/approve', 'operator', async (fields, { sources, visitor }) => {
    const { reason, ...value } = fields;
    return noticeOf(
      await reviewOf(sources).approveValue(given(value), reviewerOf(visitor), { reason }),
    );
  }),
  formRoute('/notify', 'operator', async ({ campaign, ...how }, { sources, visitor }) =>
    noticeOf(await reviewOf(sources).notify(campaign, reviewerOf(visitor), how)),
  ),
  formRoute('/undo', 'operator', async ({ id, reason }, { sources, visitor }) =>
    noticeOf(await reviewOf(sources).undo(id, reviewerOf(visitor), { reason })),
  ),
  formRoute('/settle', 'operator', ({ request, state, reason }, { sources, visitor }) => {
    const how = { state, by: visitor.name, detail: reason };
    const isSettled = sources.requests?.close(request, how) ?? false;
    return Promise.resolve(
      isSettled ? done(`Marked as ${state}.`) : refused('There is no such open request any more.'),
    );
  }),
  formRoute('/access/revoke-session', 'admin', async (fields, { access, sources, visitor }) => {
    const { session, operator } = fields;
    if (session === '' && operator === '') return refused('Choose a session.');
    const which = session === '' ? { operator } : { id: session };
    const ended = await revokeSessions(access, sources.audit, reviewerOf(visitor), which);
    return ended > 0
      ? done(`${ended} ${ended === 1 ? 'session' : 'sessions'} ended.`)
      : refused('There is no such session any more.');
  }),
  formRoute('/access/revoke-token', 'admin', async ({ token }, { access, sources, visitor }) =>
    (await revokeToken(access, sources.audit, reviewerOf(visitor), token))
      ? done('The token is revoked.')
      : refused('There is no such token any more.'),
  ),
];

/** What cannot be done now; its text is for a person. */
export class FormRefusal extends Error {
  override readonly name = 'FormRefusal';
}

function formRoute<Path extends keyof typeof forms>(
  path: Path,
  needs: Role,
  submit: (fields: z.output<(typeof forms)[Path]>, context: FormContext) => Promise<Notice>,
): FormRoute {
  return {
    path,
    needs,
    submit: (fields, context) => {
      const parsed = forms[path].safeParse(fields);
      return parsed.success ? submit(parsed.data as z.output<(typeof forms)[Path]>, context) : null;
    },
  };
}

function reviewOf({ review }: ConsoleSources): Review {
  if (review === null) throw new FormRefusal('This proxy takes no acts.');
  return review;
}

type Asked = z.output<(typeof forms)['/act']> & { readonly target: Target };

async function perform(review: Review, asked: Asked, visitor: Visitor): Promise<Act> {
  const { act, target, recipient, message, reason } = asked;
  const by = reviewerOf(visitor);
  switch (act) {
    case 'release':
      return review.release(target, by, {
        reason,
        ...(recipient.length === 0 ? {} : { recipients: recipient }),
      });
    case 'delete':
      return review.delete(target, by, { reason });
    case 'confirm-attack':
      return review.confirmAttack(target, by, { reason });
    case 'approve-message': {
      const [only, ...others] = message;
      if (only === undefined || others.length > 0)
        throw new FormRefusal('Approve one message at a time.');
      return review.approveMessage(only, by, { reason });
    }
  }
}

function targetOf({ message, campaign }: Omit<Asked, 'target'>): Target | null {
  if (campaign !== '') return { campaign };
  const [only, ...others] = message;
  if (only === undefined) return null;
  return others.length === 0 ? { message: only } : { messages: message };
}

const past: Readonly<Record<Act['kind'], string>> = {
  release: 'Released',
  delete: 'Deleted',
  'confirm-attack': 'Confirmed as an attack',
  'approve-value': 'Approved',
  'approve-message': 'Approved',
  notify: 'Told',
  undo: 'Taken back',
};

/** What an act did, in a sentence or two; the first thing that did not work is told in full. */
function noticeOf({ kind, effects }: Pick<Act, 'kind' | 'effects'>): Notice {
  const count = (...outcomes: readonly string[]) =>
    effects.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const trouble = effects.filter(({ outcome }) =>
    ['partly', 'refused', 'missing'].includes(outcome),
  );
  const [first] = trouble;
  const isDone = first === undefined;
  const nothing = count('done', 'already', 'partly') === 0;
  const headline = isDone ? past[kind] : nothing ? 'Not done' : `${past[kind]} in part`;
  if (effects.length <= 1) return toldOf(isDone, headline, effects[0]?.detail);
  const parts = [
    headline,
    `${count('done')} of ${effects.length}`,
    ...(count('already') === 0 ? [] : [`${count('already')} already before`]),
    ...(isDone ? [] : [`${trouble.length} not, or not for everybody`]),
  ];
  return toldOf(isDone, parts.join(', '), first?.detail);
}

function toldOf(isDone: boolean, headline: string, detail = ''): Notice {
  const text = detail === '' ? `${headline}.` : `${headline}: ${detail}`;
  return isDone ? done(text) : refused(text);
}

function done(text: string): Notice {
  return { kind: 'done', text };
}

function refused(text: string): Notice {
  return { kind: 'refused', text };
}

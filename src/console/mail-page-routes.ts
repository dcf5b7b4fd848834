import { QuarantineError } from '../quarantine/quarantine-error.ts';
import type { HeldMessage } from '../quarantine/quarantine.ts';
import type { Review } from '../review/review.ts';
import { findHeld } from './find-held.ts';
import { page } from './frame.ts';
import { orDown, PageProblem, type PageContext, type PageRoute } from './page-route.ts';
import { actsPage } from './pages/acts-page.ts';
import { campaignListPage } from './pages/campaign-list-page.ts';
import { campaignPage } from './pages/campaign-page.ts';
import { notifyPage } from './pages/notify-page.ts';
import { messagePage } from './pages/message-page.ts';
import { messagePageView } from './pages/message-view.ts';
import { quarantinePage } from './pages/quarantine-page.ts';
import { readQuarantineQuery } from './pages/quarantine-query.ts';
import { requestsPage } from './pages/requests-page.ts';
import { visibleString } from './pages/visible-text.ts';
import { readStored } from './preview/stored-message.ts';
import { refusalOf } from './refusal.ts';
import type { ConsoleSources } from './sources.ts';

const perPage = 50;
const shownActs = 200;

/** Pages about mail: what is held, what belongs together, what was decided, what recipients asked for. */
export const mailPageRoutes: readonly PageRoute[] = [
  {
    path: '/quarantine',
    needs: 'viewer',
    render: async ({ query: given }, { sources, frame, now }) => {
      const query = readQuarantineQuery(given);
      const held = await orDown(reviewOf(sources).list(query.filter, query.page), 'quarantine');
      const aliases = sources.rules().catalogue.aliases.map(({ id }) => id);
      const shown = frame('Quarantine');
      return page(shown, quarantinePage({ page: held, query, aliases, now: now() }, shown));
    },
  },
  {
    path: '/quarantine/:id',
    needs: 'viewer',
    render: async ({ params }, context) => {
      const held = await existingHeld(params['id'] ?? '', context.sources);
      const shown = context.frame(
        held.subject === '' ? '(no subject)' : visibleString(held.subject, 200),
      );
      return page(shown, messagePage(await viewOf(held, context), shown));
    },
  },
  {
    path: '/campaigns',
    needs: 'viewer',
    render: async ({ query }, { sources, frame }) => {
      const after = query['after'] ?? '';
      const request = { limit: perPage, ...(after === '' ? {} : { after }) };
      const campaigns = await orDown(reviewOf(sources).campaigns(request), 'store');
      const next = campaigns.length < perPage ? null : (campaigns.at(-1)?.id ?? null);
      return page(
        frame('Campaigns'),
        campaignListPage({ campaigns, isFirstPage: after === '', next }),
      );
    },
  },
  {
    path: '/campaigns/:id',
    needs: 'viewer',
    render: async ({ params }, { sources, frame }) => {
      const id = params['id'] ?? '';
      const campaign = await orDown(reviewOf(sources).campaign(id), 'store');
      if (campaign === null)
        throw new PageProblem(
          404,
          'No such campaign',
          'Nobody remembers a campaign of this id: campaigns are kept for 14 days.',
        );
      const shown = frame(`Campaign ${visibleString(id, 40)}`);
      return page(shown, campaignPage(campaign, shown));
    },
  },
  {
    path: '/campaigns/:id/notify',
    needs: 'operator',
    render: async ({ params, query }, { sources, frame }) => {
      const id = params['id'] ?? '';
      const to = query['to'] === 'admins' ? 'admins' : 'recipients';
      const shown = frame(to === 'admins' ? 'Tell the administrators' : 'Tell the recipients');
      const notifying = reviewOf(sources)
        .notifying(id, to)
        .catch((error: unknown) => {
          const refusal = refusalOf(error);
          if (refusal === null) throw error;
          return { refusal };
        });
      return page(shown, notifyPage(id, await orDown(notifying, 'store'), shown));
    },
  },
  {
    path: '/acts',
    needs: 'viewer',
    render: async ({ query }, { sources, frame }) => {
      const after = query['after'] ?? '';
      const request = { limit: perPage, ...(after === '' ? {} : { after }) };
      const acts = await orDown(reviewOf(sources).acts(request), 'store');
      const next = acts.length < perPage ? null : (acts.at(-1)?.id ?? null);
      const shown = frame('Decisions');
      return page(shown, actsPage({ acts, isFirstPage: after === '', next }, shown));
    },
  },
  {
    path: '/requests',
    needs: 'viewer',
    render: ({ query }, { sources, frame }) => {
      const after = query['after'] ?? '';
      const which = query['which'] === 'all' ? 'all' : 'open';
      const request = { limit: perPage, ...(after === '' ? {} : { after }) };
      const requests = sources.requests?.list(which, request) ?? [];
      const next = requests.length < perPage ? null : (requests.at(-1)?.id ?? null);
      const shown = frame('Requests');
      const view = { requests, which, isFirstPage: after === '', next } as const;
      return Promise.resolve(page(shown, requestsPage(view, shown)));
    },
  },
];

function reviewOf({ review }: ConsoleSources): Review {
  if (review === null)
    throw new PageProblem(503, 'Not here', 'This proxy keeps no record of what it held.');
  return review;
}

async function existingHeld(id: string, sources: ConsoleSources): Promise<HeldMessage> {
  const found = await orDown(findHeld(sources, id), 'quarantine');
  if (found === null)
    throw new PageProblem(
      404,
      'No such message',
      'There is no message with this id in the quarantine: it was erased, or the address was cut short.',
    );
  return found;
}

const troubles: Readonly<Partial<Record<QuarantineError['problem'], string>>> = {
  locked: 'They are encrypted with a key that this node does not have.',
  elsewhere: 'They are in the quarantine of another node: look at the message there.',
  damaged: 'They are damaged; the log says how.',
};

function unreadable(error: unknown): string {
  const known = error instanceof QuarantineError ? troubles[error.problem] : undefined;
  return known ?? 'The disk does not give them now; the message is not lost by that.';
}

async function viewOf(held: HeldMessage, { sources, now }: PageContext) {
  const { baselines, quarantine, review, rules, policyInForce, pseudonym } = sources;
  const at = now();
  const stored = quarantine.read(held.id).then(readStored).catch(unreadable);
  const described = baselines.describe(held.alias, at).catch(() => null);
  const approvals = review?.approvals(held.alias).catch(() => []) ?? [];
  const acts = review?.acts({ limit: shownActs }).catch(() => []) ?? [];
  return messagePageView({
    held,
    stored: await stored,
    described: await described,
    rules: rules(),
    policy: policyInForce(rules().catalogue.aliases.find(({ id }) => id === held.alias) ?? null),
    pseudonym,
    approvals: await approvals,
    acts: await acts,
    now: at,
  });
}

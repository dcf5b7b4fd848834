import { mixedUse } from '../alias/mixed-use.ts';
import type { AuditAct } from '../audit/audit-log.ts';
import { auditActs } from '../audit/audit-log.ts';
import { page } from './frame.ts';
import { knownAliases } from './known-aliases.ts';
import { orDown, PageProblem, type PageRoute } from './page-route.ts';
import { aliasListPage } from './pages/alias-list-page.ts';
import { aliasPage } from './pages/alias-page.ts';
import { aliasView } from './pages/alias-view.ts';
import { auditPage } from './pages/audit-page.ts';
import { overviewPage } from './pages/overview-page.ts';
import { rulesPage, rulesView } from './pages/rules-page.ts';
import { visibleString } from './pages/visible-text.ts';

const shownNewest = 8;
const perPage = 50;

/** Pages about the proxy itself and what it learned. */
export const sitePageRoutes: readonly PageRoute[] = [
  {
    path: '/',
    needs: 'viewer',
    render: async (_, { sources, frame, now }) => {
      const held = sources.review
        ?.list({}, { limit: shownNewest })
        .then(({ total, messages }) => ({ total, newest: messages }))
        .catch(() => null);
      const campaigns = sources.review?.campaigns({ limit: shownNewest }).catch(() => null);
      const view = {
        status: await sources.status(),
        held: (await held) ?? null,
        campaigns: (await campaigns) ?? null,
        now: now(),
      };
      return page(frame('Overview'), overviewPage(view));
    },
  },
  {
    path: '/aliases',
    needs: 'viewer',
    render: async ({ query }, { sources, frame }) => {
      const learned = await sources.baselines.aliases().catch(() => null);
      const view = {
        aliases: knownAliases(sources.rules(), learned ?? []),
        isStoreUp: learned !== null,
        after: query['after'] ?? '',
      };
      return page(frame('Aliases'), aliasListPage(view));
    },
  },
  {
    path: '/aliases/:alias',
    needs: 'viewer',
    render: async ({ params }, { sources, frame, now }) => {
      const id = params['alias'] ?? '';
      const { catalogue } = sources.rules();
      const alias = catalogue.aliases.find((each) => each.id === id) ?? null;
      const isKnown =
        alias !== null || (await orDown(sources.baselines.aliases(), 'store')).includes(id);
      if (!isKnown)
        throw new PageProblem(
          404,
          'No such alias',
          'Nobody watches an alias of this name, and nothing was learned of one.',
        );
      const at = now();
      const view = aliasView({
        id,
        alias,
        described: await orDown(sources.baselines.describe(id, at), 'store'),
        policy: sources.policyInForce(alias),
        approvals: (await sources.review?.approvals(id).catch(() => [])) ?? [],
        mixedUse: alias === null ? null : mixedUse(alias),
        at,
      });
      const shown = frame(visibleString(id, 120));
      return page(shown, aliasPage(view, shown));
    },
  },
  {
    path: '/rules',
    needs: 'viewer',
    render: async (_, { sources, frame }) => {
      const last = async (act: AuditAct) =>
        (await sources.auditReader?.read({ act, limit: 10 }).catch(() => null))?.entries ?? null;
      const { breaker } = await sources.status();
      const view = rulesView(sources.rules(), {
        candidate: sources.candidate(),
        activations: await last('rules-activated'),
        refusals: await last('rules-refused'),
        breaker,
      });
      return page(frame('Rules'), rulesPage(view));
    },
  },
  {
    path: '/audit',
    needs: 'viewer',
    render: async ({ query }, { sources, frame }) => {
      if (sources.auditReader === null)
        throw new PageProblem(503, 'Not here', 'This proxy keeps no audit log.');
      const after = query['after'] ?? '';
      const subject = (query['subject'] ?? '').trim().slice(0, 300);
      const act = auditActs.find((name) => name === query['act']) ?? null;
      const { entries, next } = await orDown(
        sources.auditReader.read({
          limit: perPage,
          ...(after === '' ? {} : { after }),
          ...(act === null ? {} : { act: act satisfies AuditAct }),
          ...(subject === '' ? {} : { subject }),
        }),
        'audit log',
      );
      const view = {
        entries,
        next,
        asked: { act: act ?? '', subject },
        isFirstPage: after === '',
        heads: await sources.auditHeads().catch(() => null),
        acts: auditActs,
      };
      return page(frame('Audit'), auditPage(view));
    },
  },
];

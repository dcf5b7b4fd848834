import { renderAccess } from './access-page.ts';
import { mailPageRoutes } from './mail-page-routes.ts';
import type { PageRoute } from './page-route.ts';
import { sitePageRoutes } from './site-page-routes.ts';

const accessPageRoute: PageRoute = {
  path: '/access',
  needs: 'admin',
  render: async (_, { access, frame }) => {
    const state = await access.operators.state();
    const view = {
      operators: state.kind === 'ready' ? state.operators : null,
      sessions: access.sessions.list(),
      tokens: access.tokens.list(),
    };
    return renderAccess(view, frame('Access'));
  },
};

/** Every page. */
export const pageRoutes: readonly PageRoute[] = [
  ...sitePageRoutes,
  ...mailPageRoutes,
  accessPageRoute,
];

import { renderAccess } from './access-page.ts';
import type { PageRoute } from './page-route.ts';

/** Every page. */
export const pageRoutes: readonly PageRoute[] = [
  {
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
  },
];

import { longestOidcName } from './access/oidc/oidc-name.ts';
import type { Operator } from './access/operators.ts';
import type { Session } from './access/sessions.ts';
import type { Token } from './access/tokens.ts';
import { formFields, page, type Frame } from './frame.ts';
import { html, type Html } from './html.ts';
import { dataTable } from './pages/data-table.ts';
import { moment } from './pages/moments.ts';
import { visible } from './pages/visible-text.ts';

export type AccessView = {
  /** Null where nobody has to log in on this machine. */
  readonly operators: readonly Operator[] | null;
  readonly sessions: readonly Session[];
  readonly tokens: readonly Token[];
};

/** Who may come in, who is in, and what has a key. */
export function renderAccess(view: AccessView, frame: Frame): string {
  return page(
    frame,
    html`${operators(view.operators)} ${sessions(view.sessions, frame)}
    ${tokens(view.tokens, frame)}`,
  );
}

function operators(list: AccessView['operators']): Html {
  if (list === null)
    return html`<section>
      <h2>Operators</h2>
      <p>
        Nobody has to log in on this machine, and nobody can from elsewhere. The first
        <code>aliaswatch operator add NAME</code> turns the login on.
      </p>
    </section>`;
  return html`<section>
    <h2>Operators</h2>
    ${dataTable(
      'Operators',
      columns('Name', 'Role'),
      list.map(({ name, role }) => [name, role]),
      'There is no operator: make one with aliaswatch operator add NAME.',
    )}
  </section>`;
}

function sessions(list: readonly Session[], frame: Frame): Html {
  return html`<section>
    <h2>Sessions</h2>
    ${dataTable(
      'Sessions',
      columns('Operator', 'From', 'Since', 'Last seen', ''),
      list.map((session) => [
        visible(session.operator, longestOidcName),
        session.address,
        moment(session.begunAt.toISOString()),
        moment(session.seenAt.toISOString()),
        button(frame, '/access/revoke-session', { name: 'session', value: session.id }, 'End'),
      ]),
      'Nobody is logged in.',
    )}
  </section>`;
}

function tokens(list: readonly Token[], frame: Frame): Html {
  return html`<section>
    <h2>Tokens of the API</h2>
    ${dataTable(
      'Tokens of the API',
      columns('Name', 'Scopes', 'Made', 'Expires', 'Last used', ''),
      list.map((token) => [
        visible(token.name, 100),
        token.scopes.join(', '),
        moment(token.madeAt.toISOString()),
        moment(token.expiresAt.toISOString()),
        token.usedAt === null ? 'never' : moment(token.usedAt.toISOString()),
        button(frame, '/access/revoke-token', { name: 'token', value: token.id }, 'Revoke'),
      ]),
      'There is none: make one with aliaswatch token create NAME.',
    )}
  </section>`;
}

function button(
  frame: Frame,
  action: string,
  { name, value }: { readonly name: string; readonly value: string },
  label: string,
): Html {
  return html`<form method="post" action="${action}">
    ${formFields(frame)}
    <input type="hidden" name="${name}" value="${value}" />
    <button>${label}</button>
  </form>`;
}

function columns(...headings: readonly string[]) {
  return headings.map((heading) => ({ heading }));
}

import { html, renderHtml, type Html } from './html.ts';
import { visible } from './pages/visible-text.ts';
import type { Role } from './role.ts';

/** What surrounds every page. The policy allows no inline script or style: behaviour and looks come from `/assets/`. */
export type Frame = {
  readonly title: string;
  /** Who looks at it; null only on the login page. `local` is on this machine and has no login, so no logout. */
  readonly operator: { readonly name: string; readonly role: Role; readonly local: boolean } | null;
  /** Value of the hidden field `csrf` of every form with method post (see `csrfField`). */
  readonly csrf: string;
  /** Path and query of this page: the value of the hidden field `next`, where a form comes back to. */
  readonly path: string;
  readonly theme: 'auto' | 'light' | 'dark';
  /** What the form before this page did, once; null where there was none. */
  readonly notice: { readonly kind: 'done' | 'refused'; readonly text: string } | null;
};

const sections = [
  { path: '/', name: 'Overview' },
  { path: '/quarantine', name: 'Quarantine' },
  { path: '/campaigns', name: 'Campaigns' },
  { path: '/aliases', name: 'Aliases' },
  { path: '/requests', name: 'Requests' },
  { path: '/acts', name: 'Decisions' },
  { path: '/rules', name: 'Rules' },
  { path: '/audit', name: 'Audit' },
  { path: '/access', name: 'Access' },
] as const;

/** A whole page: head, navigation, what was just done, and the body. */
export function page(frame: Frame, body: Html): string {
  const themed = frame.theme === 'auto' ? html`` : html` data-theme="${frame.theme}"`;
  return renderHtml(
    html`<!doctype html>
      <html lang="en" ${themed}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${frame.title} · Aliaswatch</title>
          <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
          <link rel="stylesheet" href="/assets/console.css" />
          <script src="/assets/console.js" type="module"></script>
        </head>
        <body>
          <a class="skip" href="#main">Skip to content</a>
          ${frame.operator !== null && header(frame)}
          <main id="main" tabindex="-1">
            <h1>${frame.title}</h1>
            ${frame.notice !== null && notice(frame.notice)} ${body}
          </main>
        </body>
      </html> `,
  );
}

/** The two hidden fields of every form with method post. */
export function formFields({ csrf, path }: Pick<Frame, 'csrf' | 'path'>): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}" />
    <input type="hidden" name="next" value="${path}" />`;
}

function header(frame: Frame): Html {
  const [path = '/'] = frame.path.split('?');
  const isAdmin = frame.operator?.role === 'admin';
  const isHere = (section: string) =>
    section === '/' ? path === '/' : path === section || path.startsWith(`${section}/`);
  const link = (section: (typeof sections)[number]) =>
    html`<li>
      <a href="${section.path}" ${isHere(section.path) && html` aria-current="page"`}
        >${section.name}</a
      >
    </li>`;
  return html`<header class="site">
    <a class="brand" href="/">Aliaswatch</a>
    <nav aria-label="Sections">
      <ul>
        ${sections.filter(({ path: section }) => section !== '/access' || isAdmin).map(link)}
      </ul>
    </nav>
    ${themeForm(frame)} ${operatorForm(frame)}
  </header>`;
}

function themeForm(frame: Frame): Html {
  const choice = (theme: Frame['theme'], label: string) =>
    html`<button
      name="theme"
      value="${theme}"
      aria-pressed="${frame.theme === theme ? 'true' : 'false'}"
    >
      ${label}
    </button>`;
  return html`<form class="theme" method="post" action="/theme" aria-label="Colours">
    ${formFields(frame)} ${choice('auto', 'Auto')} ${choice('light', 'Light')}
    ${choice('dark', 'Dark')}
  </form>`;
}

function operatorForm(frame: Frame): Html {
  const { operator } = frame;
  if (operator === null) return html``;
  const who = html`<span class="who"
    >${visible(operator.name, 100)} <small>${operator.role}</small></span
  >`;
  if (operator.local) return who;
  return html`<form class="operator" method="post" action="/logout">
    ${formFields(frame)} ${who} <button>Log out</button>
  </form>`;
}

function notice({ kind, text }: NonNullable<Frame['notice']>): Html {
  return html`<p class="notice ${kind}" role="status">${text}</p>`;
}

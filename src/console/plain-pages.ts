import { page, type Frame } from './frame.ts';
import { html, renderHtml, type Html } from './html.ts';

/** A page that says one thing: what went wrong, or what to do. */
export function messagePage(frame: Frame, text: string): string {
  const back = frame.operator === null ? html`` : html`<p><a href="/">To the overview</a></p>`;
  return page(
    frame,
    html`<p>${text}</p>
      ${back}`,
  );
}

/** Sign-in with a provider, as the login page offers it. */
export type ProviderShown = {
  /** Host of the issuer. */
  readonly name: string;
  /** Begins the sign-in, or leads to the address of the console where it can begin: of our own settings. */
  readonly href: string;
  /** The console goes by several names, and this is not the one that the provider knows. */
  readonly isElsewhere: boolean;
  /** Half a sentence; null where nothing is known to be wrong. */
  readonly trouble: string | null;
  /** Of the provider's metadata, https; null where nobody just logged out, or it has no such page. */
  readonly signOutHref: string | null;
};

export type LoginShown = {
  readonly next: string;
  /** Why the last try did not do; empty at first. */
  readonly fault: string;
  /** A form, why there is none as a sentence, or nothing. */
  readonly passwords: 'form' | { readonly obstacle: string } | null;
  readonly provider: ProviderShown | null;
};

/** Ways in. The provider's is a link: Chromium holds redirects of a form to `form-action` as well. */
export function loginPage(frame: Frame, { next, fault, passwords, provider }: LoginShown): string {
  const complaint: Html =
    fault === '' ? html`` : html`<p class="notice refused" role="alert">${fault}</p>`;
  return page(
    frame,
    html`${complaint} ${passwords === 'form' && passwordForm(frame, next)}
    ${passwords !== null && passwords !== 'form' && html`<p>${passwords.obstacle}</p>`}
    ${provider !== null && providerSection(provider)}`,
  );
}

function providerSection({ name, href, isElsewhere, trouble, signOutHref }: ProviderShown): Html {
  const signOut =
    signOutHref === null
      ? html``
      : html`<p>
          You are logged out here. ${name} may still know you:
          <a href="${signOutHref}">sign out there as well</a>.
        </p>`;
  const warning =
    trouble === null
      ? html``
      : html`<p class="notice refused">
          Signing in with ${name} does not work now: it ${trouble}. It is tried again.
        </p>`;
  const where = isElsewhere ? html` at ${href}` : html``;
  return html`<section class="provider">
    ${signOut} ${warning}
    <p><a class="button" href="${href}">Sign in with ${name}</a>${where}</p>
  </section>`;
}

function passwordForm(frame: Frame, next: string): Html {
  return html`<form class="login" method="post" action="/login">
    <input type="hidden" name="csrf" value="${frame.csrf}" />
    <input type="hidden" name="next" value="${next}" />
    <p>
      <label for="name">Name</label>
      <input
        id="name"
        name="name"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        required
        maxlength="64"
      />
    </p>
    <p>
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        maxlength="1024"
      />
    </p>
    <p><button>Log in</button></p>
  </form>`;
}

/**
 * Sends a browser that comes from another site here once more, from this one: only then does it bring its cookies along
 * (`SameSite=Strict`), and whoever is logged in need not log in again to follow a link from a mail.
 */
export function bouncePage(path: string): string {
  return renderHtml(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="refresh" content="0; url=${path}" />
          <title>Aliaswatch</title>
        </head>
        <body>
          <p><a href="${path}">To the console</a></p>
        </body>
      </html> `,
  );
}

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

/** `fault` says why the last try did not do; empty at first. */
export function loginPage(
  frame: Frame,
  { next, fault }: { readonly next: string; readonly fault: string },
): string {
  const complaint: Html =
    fault === '' ? html`` : html`<p class="notice refused" role="alert">${fault}</p>`;
  return page(
    frame,
    html`${complaint}
      <form class="login" method="post" action="/login">
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
      </form>`,
  );
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

import { html, type Html } from '../html.ts';

/** From page to page of a list; where it ends nothing is offered. */
export function pageLinks({
  first,
  next,
  words = { first: 'Newest', next: 'Older' },
}: {
  /** Address of the first page, null on the first page itself. */
  readonly first: string | null;
  readonly next: string | null;
  /** Of a list that is not by time. */
  readonly words?: { readonly first: string; readonly next: string };
}): Html {
  if (first === null && next === null) return html``;
  return html`<nav class="pages" aria-label="Pages">
    ${first !== null && html`<a href="${first}">${words.first}</a>`}
    ${next !== null && html`<a href="${next}" rel="next">${words.next}</a>`}
  </nav>`;
}

import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { HeldPage } from '../../review/review.ts';
import { counted } from './figures.ts';
import { campaignGroups, groupRows } from './held-groups.ts';
import { pageLinks } from './page-links.ts';
import type { FilterField, QuarantineQuery } from './quarantine-query.ts';
import { mayReview, reasonField } from './review-forms.ts';

export type QuarantineView = {
  readonly page: HeldPage;
  readonly query: QuarantineQuery;
  /** For the list of the alias field. */
  readonly aliases: readonly string[];
  readonly now: Date;
};

/** Held mail by campaign, with one form over all of it: everything works by mouse, by keyboard and without script. */
export function quarantinePage(view: QuarantineView, frame: Frame): Html {
  const { page, query } = view;
  const typed = Object.fromEntries(
    Object.entries(query.typed).map(([name, text]) => [name, text === '' ? null : text]),
  );
  return html`${filterForm(view)} ${ignoredFields(query)}
    <p class="count">${counted(page.total, 'message')} ${stateWords(query)}</p>
    ${page.messages.length === 0 ? nothing(query) : messageList(view, frame)}
    ${pageLinks({
      first: query.page.after === undefined ? null : paths.quarantine(typed),
      next: page.next === null ? null : paths.quarantine({ ...typed, after: page.next }),
    })}`;
}

function stateWords({ filter: { state = 'held', ...others } }: QuarantineQuery): string {
  const words = { held: 'held', released: 'released', deleted: 'in the bin', any: 'in any state' };
  return `${words[state]}${Object.keys(others).length > 0 ? ', with this filter' : ''}`;
}

function nothing({ filter }: QuarantineQuery): Html {
  const isFiltered = Object.keys(filter).length > 0;
  return html`<p class="empty">
    ${isFiltered ? 'No message fits this filter.' : 'Nothing is held. Well done.'}
    ${isFiltered && html`<a href="${paths.quarantine()}">Show all held mail</a>`}
  </p>`;
}

function ignoredFields({ ignored }: QuarantineQuery): Html {
  if (ignored.length === 0) return html``;
  return html`<p class="notice refused" role="alert">
    Not understood and left out of the filter: ${ignored.join(', ')}.
  </p>`;
}

function filterForm({ query: { typed, filter }, aliases }: QuarantineView): Html {
  const field = (label: string, input: Html) =>
    html`<label class="field">${label} ${input}</label>`;
  const text = (name: FilterField, label: string, hint: string) =>
    field(
      label,
      html`<input
        name="${name}"
        value="${typed[name]}"
        placeholder="${hint}"
        maxlength="320"
        autocomplete="off"
        spellcheck="false"
      />`,
    );
  const date = (name: FilterField, label: string) =>
    field(label, html`<input type="date" name="${name}" value="${typed[name]}" />`);
  const states = ['held', 'released', 'deleted', 'any'] as const;
  const state = filter.state ?? 'held';
  return html`<form class="filter" method="get" action="/quarantine" role="search">
    <label class="field grow"
      >Search for whole words
      <input
        type="search"
        name="text"
        value="${typed.text}"
        placeholder="subject, sender or reason"
        maxlength="320"
        data-key="/"
    /></label>
    <label class="field"
      >State
      <select name="state">
        ${states.map(
          (name) =>
            html`<option value="${name}" ${name === state && html` selected`}>${name}</option>`,
        )}
      </select></label
    >
    <label class="field"
      >Alias
      <input name="alias" value="${typed.alias}" list="aliases" maxlength="320" autocomplete="off"
    /></label>
    <datalist id="aliases">
      ${aliases.slice(0, 500).map((alias) => html`<option value="${alias}"></option>`)}
    </datalist>
    ${text('recipient', 'Recipient', 'whole address')}
    ${text('domain', 'Recipient domain', 'example.com')} ${date('since', 'From')}
    ${date('until', 'To')}
    ${typed.campaign !== '' && html`<input type="hidden" name="campaign" value="${typed.campaign}" />`}
    ${typed.onlyUnder !== '' && text('onlyUnder', 'Held only under rules', 'version')}
    <div class="buttons">
      <button class="primary">Filter</button> <a href="/quarantine">Clear</a>
    </div>
  </form>`;
}

function messageList(view: QuarantineView, frame: Frame): Html {
  const canAct = mayReview(frame);
  const groups = campaignGroups(view.page.messages);
  const list = html`<div class="table held">
    <table data-list="held">
      <thead>
        <tr>
          ${canAct && html`<th scope="col" class="tick"><span class="sr">Selected</span></th>`}
          <th scope="col">Message</th>
          <th scope="col" class="number">Bits</th>
          <th scope="col">Why</th>
          <th scope="col">For</th>
          <th scope="col">Held</th>
        </tr>
      </thead>
      ${groups.map((group) => groupRows(group, { canAct, now: view.now }))}
    </table>
  </div>`;
  if (!canAct) return list;
  return html`<form method="post" action="/act" class="bulk" data-bulk>
    ${formFields(frame)} ${list}
    <div class="bar" role="group" aria-label="Act on the selected messages">
      <span class="selected" data-selected aria-live="polite">Tick the messages to act on.</span>
      <div class="field">${reasonField('bulk-reason')}</div>
      <button name="act" value="release" class="good" data-key="r">Release</button>
      <button name="act" value="delete" data-key="d">Delete</button>
      <button name="act" value="confirm-attack" class="danger" data-key="c">Confirm attack</button>
    </div>
    <p class="keys" data-keys hidden>
      <kbd>j</kbd> <kbd>k</kbd> move · <kbd>x</kbd> tick · <kbd>a</kbd> tick the campaign ·
      <kbd>Enter</kbd> open · <kbd>r</kbd> <kbd>d</kbd> <kbd>c</kbd> go to release, delete, confirm
      · <kbd>/</kbd> search
    </p>
  </form>`;
}

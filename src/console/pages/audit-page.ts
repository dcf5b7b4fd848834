import type { AuditHead } from '../../audit/audit-heads.ts';
import type { RecordedAct } from '../../audit/read-audit.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import { dataTable } from './data-table.ts';
import { counted, countText } from './figures.ts';
import { moment } from './moments.ts';
import { pageLinks } from './page-links.ts';
import { visible } from './visible-text.ts';

export type AuditView = {
  readonly entries: readonly RecordedAct[];
  readonly next: string | null;
  /** What was asked for; empty where everything was. */
  readonly asked: { readonly act: string; readonly subject: string };
  readonly isFirstPage: boolean;
  /** Null where none are published. */
  readonly heads: readonly AuditHead[] | null;
  /** Every act there is. */
  readonly acts: readonly string[];
};

/** The record of decisions and acts, newest first, with the place of each line in its chain. */
export function auditPage(view: AuditView): Html {
  const { entries, next, asked, isFirstPage, heads } = view;
  const query = {
    act: asked.act === '' ? null : asked.act,
    subject: asked.subject === '' ? null : asked.subject,
  };
  return html`<p class="lead">
      Every line holds the hash of the one before it, per writer.
      <code>aliaswatch audit verify</code>
      finds a line that was changed, removed, reordered or cut off, and says which.
    </p>
    ${chainEnds(heads)} ${filterForm(view)}
    ${dataTable(
      'Audit log',
      [
        { heading: 'What' },
        { heading: 'Subject', kind: 'address' },
        { heading: 'Who', kind: 'address' },
        { heading: 'When', kind: 'nowrap' },
        { heading: 'Why', kind: 'wide' },
        { heading: 'Line', kind: 'address' },
      ],
      entries.map((entry) => [
        entry.act,
        subjectOf(entry),
        html`${visible(entry.actor.name, 100)}
          <small>${entry.actor.kind}, by ${entry.actor.via}</small>`,
        moment(entry.at),
        html`${visible(entry.reason, 300)}${details(entry)}`,
        html`<code>${visible(entry.id, 100)}</code>`,
      ]),
      'No line fits.',
    )}
    ${pageLinks({
      first: isFirstPage ? null : paths.audit(query),
      next: next === null ? null : paths.audit({ ...query, after: next }),
    })}`;
}

/** How far each chain had come when its head was last published: what `audit verify` holds the files against. */
function chainEnds(heads: AuditView['heads']): Html {
  if (heads === null || heads.length === 0) return html``;
  return html`<details class="chain">
    <summary>Published heads of ${counted(heads.length, 'chain')}</summary>
    ${dataTable(
      'Published heads',
      [
        { heading: 'Writer' },
        { heading: 'Lines', kind: 'number' },
        { heading: 'Published', kind: 'nowrap' },
        { heading: 'Hash' },
      ],
      heads.map(({ writer, sequence, at, hash }) => [
        visible(writer, 80),
        countText(sequence),
        moment(at),
        html`<code class="break">${hash}</code>`,
      ]),
      '',
    )}
  </details>`;
}

function filterForm({ acts, asked }: AuditView): Html {
  return html`<form class="filter" method="get" action="/audit" role="search">
    <label class="field"
      >What
      <select name="act">
        <option value="">everything</option>
        ${acts.map(
          (act) =>
            html`<option value="${act}" ${act === asked.act && html` selected`}>${act}</option>`,
        )}
      </select></label
    >
    <label class="field grow"
      >Message, campaign or alias
      <input
        name="subject"
        value="${asked.subject}"
        maxlength="300"
        autocomplete="off"
        spellcheck="false"
        data-key="/"
    /></label>
    <div class="buttons"><button class="primary">Filter</button> <a href="/audit">Clear</a></div>
  </form>`;
}

/** Of mail that was tagged there is a decision, but no page. */
const onHeldMail: ReadonlySet<string> = new Set(['held', 'released', 'deleted']);

function subjectOf({ act, subject, facts }: RecordedAct): Html {
  if (subject === '') return html``;
  const itsLines = paths.audit({ subject });
  if (onHeldMail.has(act) || (act === 'decision' && facts['effectiveAction'] === 'quarantine'))
    return html`<a href="${paths.message(subject)}"><code>${subject}</code></a>
      <small><a href="${itsLines}">its lines</a></small>`;
  return html`<a href="${itsLines}"><code class="break">${visible(subject, 120)}</code></a>`;
}

const shownFacts = 20;

function details({ facts, personal }: RecordedAct): Html {
  const told = [
    ...Object.entries(facts).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(personal).map(([name, value]) => [name, value ?? 'erased'] as const),
  ];
  if (told.length === 0) return html``;
  return html`<details>
    <summary>Facts</summary>
    <dl class="facts small">
      ${told.slice(0, shownFacts).map(
        ([name, value]) =>
          html`<div>
            <dt>${visible(name, 60)}</dt>
            <dd>${visible(value, 300)}</dd>
          </div>`,
      )}
    </dl>
  </details>`;
}

import type { Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import { isUndoable } from '../../review/is-undoable.ts';
import type { Act, Effect } from '../../review/review.ts';
import { toned } from './badges.ts';
import { dataTable } from './data-table.ts';
import { counted } from './figures.ts';
import { moment } from './moments.ts';
import { pageLinks } from './page-links.ts';
import { mayReview, undoForm } from './review-forms.ts';
import { visible } from './visible-text.ts';

export type ActsView = {
  readonly acts: readonly Act[];
  readonly isFirstPage: boolean;
  readonly next: string | null;
};

export const actTitles: Readonly<Record<Act['kind'], string>> = {
  release: 'Released',
  delete: 'Deleted',
  'confirm-attack': 'Confirmed an attack',
  'approve-value': 'Approved a value',
  'approve-message': 'Approved a message',
  notify: 'Told people of an attack',
  undo: 'Took back',
};

/** What people decided, newest first, with the way back. */
export function actsPage({ acts, isFirstPage, next }: ActsView, frame: Frame): Html {
  return html`<p class="lead">
      What was decided can be taken back here, but a message that was delivered cannot be fetched
      again, and what people were told stays told. The <a href="/audit">audit log</a> is the record
      of all of it.
    </p>
    ${dataTable(
      'Decisions',
      [
        { heading: 'What', kind: 'wide' },
        { heading: 'Who' },
        { heading: 'When', kind: 'nowrap' },
        { heading: 'Reason' },
        { heading: 'Outcome' },
        { heading: '' },
      ],
      acts.map((act) => [
        html`${actTitles[act.kind]} <small>${subjectOf(act)}</small>`,
        html`${visible(act.by.name, 100)} <small>${act.by.kind}, by ${act.by.via}</small>`,
        moment(act.at),
        visible(act.reason, 200),
        outcome(act),
        undo(act, frame),
      ]),
      'Nobody has decided anything yet.',
    )}
    ${pageLinks({
      first: isFirstPage ? null : paths.acts(),
      next: next === null ? null : paths.acts(next),
    })}`;
}

function subjectOf({ kind, subject, effects }: Act): Html {
  // A message that is approved was tagged and delivered: it has no page.
  if (/^(?:undo|approve-value|approve-message)$/.test(kind)) return visible(subject, 160);
  if (/^[0-9a-z]{20}$/.test(subject))
    return html`<a href="${paths.message(subject)}">message ${subject}</a>`;
  if (/^[0-9a-f]{12}$/.test(subject))
    return html`<a href="${paths.campaign(subject)}">campaign ${subject}</a>`;
  return html`${effects.length > 1 ? counted(effects.length, 'message') : visible(subject, 160)}`;
}

export function isDone({ outcome }: Effect): boolean {
  return outcome === 'done' || outcome === 'already';
}

const shownEffects = 3;

function outcome({ effects }: Act): Html {
  const trouble = effects.filter((effect) => !isDone(effect));
  const told = trouble.length > 0 ? trouble : effects;
  const more = told.length - shownEffects;
  return html`<ul class="plain">
    ${told
      .slice(0, shownEffects)
      .map(
        (effect) =>
          html`<li>
            ${toned(isDone(effect) ? 'good' : 'warn', effect.outcome)}
            ${visible(effect.detail, 200)}
          </li>`,
      )}
    ${more > 0 && html`<li>and ${more} more</li>`}
  </ul>`;
}

function undo(act: Act, frame: Frame): Html {
  if (act.undoneBy !== null) return html`<small>taken back</small>`;
  return isUndoable(act) && mayReview(frame) ? undoForm(frame, act.id) : html``;
}

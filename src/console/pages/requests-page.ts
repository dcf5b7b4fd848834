import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { RecipientRequest } from '../sources.ts';
import { toned } from './badges.ts';
import { dataTable } from './data-table.ts';
import { moment } from './moments.ts';
import { pageLinks } from './page-links.ts';
import { mayReview } from './review-forms.ts';
import { visible } from './visible-text.ts';

export type RequestsView = {
  readonly requests: readonly RecipientRequest[];
  readonly isFirstPage: boolean;
  readonly next: string | null;
};

/** What recipients asked for by the links of their notices: a wish, never an act by itself. */
export function requestsPage({ requests, isFirstPage, next }: RequestsView, frame: Frame): Html {
  return html`<p class="lead">
      Recipients may ask for a message or report one as an attack; a person decides. Look at the
      message before you release it: whoever was deceived asks for it too.
    </p>
    ${dataTable(
      'Requests of recipients',
      [
        { heading: 'Request', kind: 'wide' },
        { heading: 'Recipient' },
        { heading: 'When', kind: 'nowrap' },
        { heading: 'State' },
        { heading: '' },
      ],
      requests.map((request) => [
        html`<a href="${paths.message(request.message)}"
            >${request.kind === 'release' ? 'Wants the message' : 'Reports an attack'}</a
          >`,
        visible(request.recipient, 120),
        moment(request.at),
        toned(request.state === 'open' ? 'warn' : 'quiet', request.state),
        mayReview(frame) && request.state === 'open' && answer(request, frame),
      ]),
      'No recipient has asked for anything.',
    )}
    ${pageLinks({
      first: isFirstPage ? null : paths.requests(),
      next: next === null ? null : paths.requests(next),
    })}`;
}

function answer({ kind, message, recipient }: RecipientRequest, frame: Frame): Html {
  return html`<form class="inline" method="post" action="/act">
    ${formFields(frame)} <input type="hidden" name="message" value="${message}" />
    ${
      kind === 'release'
        ? html`<input type="hidden" name="recipient" value="${recipient}" />
            <button name="act" value="release" class="good">Release to them</button>`
        : html`<button name="act" value="confirm-attack" class="danger">Confirm attack</button>`
    }
  </form>`;
}

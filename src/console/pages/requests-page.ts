import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { RecipientRequest } from '../sources.ts';
import { toned } from './badges.ts';
import { dataTable } from './data-table.ts';
import { moment } from './moments.ts';
import { pageLinks } from './page-links.ts';
import { mayReview } from './review-forms.ts';
import { visible, visibleAddress } from './visible-text.ts';

export type RequestsView = {
  readonly requests: readonly RecipientRequest[];
  readonly which: 'open' | 'all';
  readonly isFirstPage: boolean;
  readonly next: string | null;
};

/** What recipients asked for by the links of their notices: a wish, never an act by itself. */
export function requestsPage(
  { requests, which, isFirstPage, next }: RequestsView,
  frame: Frame,
): Html {
  return html`<p class="lead">
      Recipients may ask for a message or report one as an attack; a person decides. Look at the
      message before you release it: whoever was deceived asks for it too.
    </p>
    <p>
      ${
        which === 'open'
          ? html`<a href="${paths.requests({ which: 'all' })}">Show settled ones too</a>`
          : html`<a href="${paths.requests()}">Show open ones only</a>`
      }
    </p>
    ${dataTable(
      'Requests of recipients',
      [
        { heading: 'Request', kind: 'wide' },
        { heading: 'Recipient', kind: 'address' },
        { heading: 'When', kind: 'nowrap' },
        { heading: 'State' },
        { heading: '' },
      ],
      requests.map((request) => [
        html`<a href="${paths.message(request.message)}"
          >${request.kind === 'release' ? 'Wants the message' : 'Reports an attack'}</a
        >`,
        visibleAddress(request.recipient, 120),
        moment(request.at),
        html`${toned(request.state === 'open' ? 'warn' : 'quiet', request.state)}
        ${
          request.closedBy !== '' &&
          html`<small>by ${visible(request.closedBy, 80)} ${visible(request.detail, 200)}</small>`
        }`,
        mayReview(frame) && request.state === 'open' && answer(request, frame),
      ]),
      which === 'open' ? 'No request is open.' : 'No recipient has asked for anything.',
    )}
    ${pageLinks({
      first: isFirstPage ? null : paths.requests({ which }),
      next: next === null ? null : paths.requests({ which, after: next }),
    })}`;
}

/** The first does what is asked, the second only says that it is settled. */
function answer({ id, kind, message, recipient }: RecipientRequest, frame: Frame): Html {
  const act =
    kind === 'release'
      ? html`<input type="hidden" name="recipient" value="${recipient}" />
          <button name="act" value="release" class="good">Release to them</button>`
      : html`<button name="act" value="confirm-attack" class="danger">Confirm attack</button>`;
  return html`<form class="inline" method="post" action="/act">
      ${formFields(frame)} <input type="hidden" name="message" value="${message}" /> ${act}
    </form>
    <form class="inline" method="post" action="/settle">
      ${formFields(frame)} <input type="hidden" name="request" value="${id}" />
      <button name="state" value="granted">Settled</button>
      <button name="state" value="declined">Decline</button>
    </form>`;
}

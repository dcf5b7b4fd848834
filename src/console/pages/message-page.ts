import { bitsChart } from '../charts/bits-chart.ts';
import { scoreHistogram } from '../charts/score-histogram.ts';
import type { Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import { authenticationSection, headerSection, mimeSection } from './envelope-sections.ts';
import { contentSections } from './content-sections.ts';
import { dataTable, facts } from './data-table.ts';
import { diffSection } from './diff-section.ts';
import { bitsText, bytesText, counted, rarityText } from './figures.ts';
import { messageActs } from './message-acts.ts';
import type { MessagePageView, ValueFound } from './message-view.ts';
import { ageText, moment } from './moments.ts';
import { approveForm, mayReview } from './review-forms.ts';
import { badge, toned } from './badges.ts';
import { visible, visibleAddress } from './visible-text.ts';

/** One message: why it was held, what in it is new, what it is made of, and what to do with it. */
export function messagePage(view: MessagePageView, frame: Frame): Html {
  const { held, stored } = view;
  return html`<div class="message">
    <div class="why">${explanation(view)}</div>
    <aside aria-label="Decide">
      ${messageActs(view, frame)}
      <section>
        <h2>Facts</h2>
        ${messageFacts(view)}
      </section>
      ${held.connection.clientAddress !== '' && connectionSection(view)}
    </aside>
    <div class="sheet">
      ${valueSection(view, frame)} ${diffSection(view.diff)}
      ${
        typeof stored === 'string'
          ? html`<section>
              <h2>Message</h2>
              <p class="notice refused" role="alert">Its bytes cannot be read. ${stored}</p>
            </section>`
          : html`${contentSections(stored, view.links)} ${authenticationSection(stored)}
            ${headerSection(stored)} ${mimeSection(stored)}`
      }
    </div>
  </div>`;
}

function explanation({ held, scores }: MessagePageView): Html {
  const { explanation: why, scoreBits, reason, verdict } = held;
  const history =
    why.since === null
      ? 'This alias had no matured history.'
      : `${counted(why.messages, 'message')} of history on ${counted(why.days, 'day')} since ${why.since}.`;
  return html`<section>
    <h2>Why it was held</h2>
    <p class="verdict">
      ${badge(verdict)} <b>${bitsText(scoreBits)} bits</b>
      ${
        why.cause !== '' &&
        html`for ${visible(why.cause, 120)}, over ${visible(why.benignCause, 160)}.`
      }
      ${
        why.pValue !== null &&
        html`Of honest messages of this alias, ${rarityText(why.pValue)} scores as high.`
      }
      ${history}
    </p>
    ${why.terms.length === 0 ? html`<p>${visible(reason, 2000)}</p>` : bitsChart(why.terms, scoreBits)}
    ${
      scores !== null &&
      scores.bins.length > 0 &&
      html`<details>
        <summary>Beside the scores of this alias</summary>
        <div class="scroll" role="region" aria-label="Scores" tabindex="0">
          ${scoreHistogram(scores)}
        </div>
      </details>`
    }
  </section>`;
}

const standings: Readonly<
  Record<
    ValueFound['standing'],
    { readonly tone: 'alarm' | 'warn' | 'good'; readonly text: string }
  >
> = {
  new: { tone: 'alarm', text: 'never seen' },
  young: { tone: 'warn', text: 'not established' },
  approved: { tone: 'good', text: 'approved' },
  established: { tone: 'good', text: 'established' },
  vendor: { tone: 'good', text: 'the vendor’s own' },
};

function valueSection({ held, values }: MessagePageView, frame: Frame): Html {
  if (values.length === 0) return html``;
  return html`<section>
    <h2>Where it leads <small>beside what the alias knows now</small></h2>
    ${dataTable(
      'Values',
      [
        { heading: 'Value', kind: 'wide' },
        { heading: 'Kind' },
        { heading: 'For this alias' },
        { heading: '' },
      ],
      values.map(({ table, value, standing, days }) => [
        html`<b>${visible(value, 160)}</b>`,
        table,
        html`${toned(standings[standing].tone, standings[standing].text)}
        ${standing === 'young' && html`<small>on ${counted(days, 'day')}</small>`}`,
        mayReview(frame) &&
          (standing === 'new' || standing === 'young') &&
          approveForm(frame, { alias: held.alias, table, value }),
      ]),
      '',
    )}
  </section>`;
}

function messageFacts({ held, now }: MessagePageView): Html {
  return facts([
    ['State', html`${badge(held.state)} ${held.closedAt !== null && moment(held.closedAt)}`],
    ['Held', html`${moment(held.heldAt)} <small>${ageText(held.heldAt, now)}</small>`],
    ...(held.state === 'held'
      ? ([
          [
            'Expires',
            html`${moment(held.expiresAt)} <small>${ageText(held.expiresAt, now)}</small>`,
          ],
        ] as const)
      : []),
    ['From', visibleAddress(held.from, 300)],
    ['Alias', html`<a href="${paths.alias(held.alias)}">${visible(held.alias, 100)}</a>`],
    ...(held.campaign === ''
      ? []
      : ([
          ['Campaign', html`<a href="${paths.campaign(held.campaign)}">${held.campaign}</a>`],
        ] as const)),
    ['Message-ID', html`<code class="break">${visible(held.messageId, 250)}</code>`],
    ['Size', bytesText(held.sizeBytes)],
    ['Rules', html`<code>${held.ruleset}</code>`],
    ...(held.onlyUnder === ''
      ? []
      : ([
          [
            'Held only under',
            html`<a href="${paths.quarantine({ onlyUnder: held.onlyUnder })}"
                ><code>${held.onlyUnder}</code></a
              >
              <small>the rules before would have let it go to its recipients</small>`,
          ],
        ] as const)),
    ['Id', html`<code class="break">${held.id}</code>`],
    ['Record', html`<a href="${paths.audit({ subject: held.id })}">on the audit log</a>`],
  ]);
}

function connectionSection({ held: { connection, envelope } }: MessagePageView): Html {
  const { clientAddress, clientHostname, helo, protocol } = connection;
  return html`<section>
    <h2>Envelope</h2>
    ${facts([
      ['MAIL FROM', envelope.mailFrom === '' ? '<>' : visibleAddress(envelope.mailFrom)],
      ['Client', `${clientAddress} ${clientHostname ?? '(no name)'}`],
      ['HELO', visible(helo, 255)],
      ['Protocol', protocol],
    ])}
  </section>`;
}

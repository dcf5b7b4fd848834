import { heatMap } from '../charts/heat-map.ts';
import { scoreHistogram } from '../charts/score-histogram.ts';
import { isoDay, spanRow } from '../charts/span-chart.ts';
import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import { approvableTables } from '../../review/approvable-value.ts';
import type { Approval } from '../../review/review.ts';
import type { AliasView, ValueShown } from './alias-view.ts';
import { toned } from './badges.ts';
import { dataTable, facts } from './data-table.ts';
import { countText, counted, percentText } from './figures.ts';
import { moment } from './moments.ts';
import { mayReview } from './review-forms.ts';
import { visible } from './visible-text.ts';

/** What one alias is like, in pictures: when it writes, where it leads, what stands in its slots, how it scores. */
export function aliasPage(view: AliasView, frame: Frame): Html {
  return html`${summary(view)}
    <div class="columns">
      <section>
        <h2>Hours of the week <small>UTC, learned mail</small></h2>
        ${
          view.hours.some((count) => count > 0)
            ? heatMap(view.hours)
            : html`<p class="empty">No hour is learned yet.</p>`
        }
      </section>
      <section>
        <h2>Scores <small>delivered mail</small></h2>
        ${
          view.scores.bins.length === 0
            ? html`<p class="empty">No score is learned yet.</p>`
            : html`<div class="scroll" role="region" aria-label="Scores" tabindex="0">
                ${scoreHistogram(view.scores)}
              </div>`
        }
      </section>
    </div>
    ${valueSection('Link domains', view.linkDomains, view)}
    ${valueSection('Contact points', view.contactPoints, view)} ${slotSection(view)}
    ${approvalSection(view, frame)} ${signalSection(view)}`;
}

function summary(view: AliasView): Html {
  const { alias, messages, days, since } = view;
  const history =
    since === null
      ? 'nothing matured yet'
      : `${counted(messages, 'message')} on ${counted(days, 'day')} since ${since}`;
  return html`${facts([
      ['History', history],
      ['Maturity', maturity(view)],
      ...(alias === null
        ? ([['Watched', toned('warn', 'no more')]] as const)
        : ([
            ['Vendor', alias.vendor],
            ['Addresses', visible(alias.addresses.slice(0, 10).join(', '), 600)],
            ['Signed by', visible(alias.dkimDomains.slice(0, 10).join(', '), 400)],
            ['Known from', alias.pack === null ? 'policy.yaml' : 'a vendor pack'],
            ...(alias.pack !== null && alias.pack.slots.length > 0
              ? ([['Others’ text stands in', visible(alias.pack.slots.join('; '), 400)]] as const)
              : []),
            ...(alias.pack !== null && alias.pack.verifyAt !== ''
              ? ([['Vendor’s own way in', visible(alias.pack.verifyAt, 200)]] as const)
              : []),
          ] as const)),
    ])}
    ${
      view.mixedUse !== null &&
      html`<p class="callout">Used for several things: ${visible(view.mixedUse, 500)}.</p>`
    }
    <p>
      <a href="${paths.quarantine({ alias: view.id })}">Held mail of this alias</a> ·
      <a href="${paths.audit({ subject: view.id })}">On the audit log</a>
    </p>`;
}

function maturity({ isMature, isStartingUp, alias }: AliasView): Html {
  if (isMature) return toned('good', 'mature');
  if (isStartingUp)
    return html`${toned('warn', 'starting up')} new cannot be told from not yet seen`;
  return html`${toned('warn', 'young')}
  ${alias?.pack ? 'holds mail on the word of its pack' : 'too little history to hold mail'}`;
}

const shownValues = 25;

function valueSection(title: string, values: readonly ValueShown[], view: AliasView): Html {
  const more = values.length - shownValues;
  return html`<section>
    <h2>
      ${title} ${values.length > 0 && html`<small>${countText(values.length)} over time</small>`}
    </h2>
    ${
      values.length === 0
        ? html`<p class="empty">None is learned.</p>`
        : html`<div class="table" role="region" aria-label="${title}" tabindex="0">
            <table class="spans">
              <thead>
                <tr>
                  <th scope="col">Value</th>
                  <th scope="col" class="picture">
                    <span class="ends"
                      ><span>${isoDay(view.firstDay)}</span><span>${isoDay(view.today)}</span></span
                    >
                  </th>
                  <th scope="col" class="number">Messages</th>
                  <th scope="col">Since</th>
                  <th scope="col">Established</th>
                </tr>
              </thead>
              <tbody>
                ${values.slice(0, shownValues).map((value) => spanRow(value, view.firstDay, view.today))}
              </tbody>
            </table>
          </div>`
    }
    ${
      more > 0 &&
      html`<p class="empty">
        and ${countText(more)} more; <code>aliaswatch alias show ${view.id} --store … --json</code>
        prints all.
      </p>`
    }
  </section>`;
}

const slotNames: Readonly<Record<string, string>> = {
  'subject-class': 'subject',
  'display-name-class': 'display name',
  'greeting-class': 'greeting',
  'body-class': 'body',
  'attachment-class': 'attachment',
};

function slotSection({ slots, messages }: AliasView): Html {
  return html`<section>
    <h2>Slots <small>what others’ text was seen to hold</small></h2>
    ${dataTable(
      'Slots',
      [
        { heading: 'Slot' },
        { heading: 'Held' },
        { heading: 'Messages', kind: 'number' },
        { heading: 'Share', kind: 'number' },
        { heading: 'Days', kind: 'number' },
        { heading: 'Established' },
      ],
      slots.map((slot) => [
        slotNames[slot.table] ?? slot.table,
        visible(slot.value, 80),
        countText(slot.messages),
        messages === 0 ? '' : percentText(Math.min(1, slot.messages / messages)),
        countText(slot.days),
        slot.isEstablished ? 'yes' : 'not yet',
      ]),
      'Nothing but ordinary wording was ever seen in a slot.',
    )}
  </section>`;
}

function approvalSection({ id, approvals }: AliasView, frame: Frame): Html {
  return html`<section>
    <h2>Approvals</h2>
    ${dataTable(
      'Approvals',
      [
        { heading: 'Value', kind: 'wide' },
        { heading: 'By' },
        { heading: 'Since', kind: 'nowrap' },
        { heading: 'Until', kind: 'nowrap' },
        { heading: 'Reason' },
      ],
      approvals.map(approvalRow),
      'Nobody has approved a value for this alias.',
    )}
    ${mayReview(frame) && approveAny(id, frame)}
  </section>`;
}

function approvalRow({ table, value, by, at, expiresAt, reason }: Approval) {
  return [
    html`${table} <b>${visible(value, 120)}</b>`,
    visible(by.name, 80),
    moment(at),
    moment(expiresAt),
    visible(reason, 200),
  ];
}

function approveAny(alias: string, frame: Frame): Html {
  return html`<details class="act">
    <summary>Approve a value…</summary>
    <form class="acts" method="post" action="/approve">
      ${formFields(frame)} <input type="hidden" name="alias" value="${alias}" />
      <label class="field"
        >Kind
        <select name="table">
          ${approvableTables.map((table) => html`<option value="${table}">${table}</option>`)}
        </select></label
      >
      <label class="field"
        >Value <input name="value" required maxlength="320" autocomplete="off"
      /></label>
      <label class="field"
        >Days <input name="days" type="number" min="1" max="3650" value="90" required
      /></label>
      <label class="field">Reason <input name="reason" maxlength="500" autocomplete="off" /></label>
      <button>Approve for this alias</button>
    </form>
  </details>`;
}

function signalSection({ signals }: AliasView): Html {
  return html`<section>
    <h2>Signals <small>how often honest mail showed something new or unusual</small></h2>
    ${
      signals.length === 0
        ? html`<p class="empty">None was asked yet.</p>`
        : html`<details>
            <summary>${counted(signals.length, 'signal')}</summary>
            ${dataTable(
              'Signals',
              [
                { heading: 'Signal' },
                { heading: 'Messages', kind: 'number' },
                { heading: 'Of', kind: 'number' },
              ],
              signals.map((each) => [each.signal, countText(each.messages), countText(each.of)]),
              '',
            )}
          </details>`
    }
  </section>`;
}

import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { HeldSummary } from '../../quarantine/quarantine.ts';
import { badge } from './badges.ts';
import { bitsText, counted } from './figures.ts';
import { ageText, momentText } from './moments.ts';
import { visible, visibleAddress, visibleString } from './visible-text.ts';

/** Messages of one campaign; `campaign` is '' for a message of none, which is a group of its own. */
export type HeldGroup = {
  readonly campaign: string;
  readonly messages: readonly HeldSummary[];
};

/** In the order of their newest message; a campaign stands where its newest message does. */
export function campaignGroups(messages: readonly HeldSummary[]): readonly HeldGroup[] {
  const groups = Map.groupBy(messages, ({ campaign, id }) =>
    campaign === '' ? `message ${id}` : campaign,
  );
  return [...groups.values()].map((members) => ({
    campaign: members[0]?.campaign ?? '',
    messages: members,
  }));
}

type RowOptions = { readonly canAct: boolean; readonly now: Date };

export function groupRows({ campaign, messages }: HeldGroup, options: RowOptions): Html {
  const isGroup = messages.length > 1;
  return html`<tbody class="${isGroup ? 'together' : 'alone'}">
    ${isGroup && groupHead(campaign, messages.length, options)}
    ${messages.map((message) => messageRow(message, options))}
  </tbody>`;
}

function groupHead(campaign: string, size: number, { canAct }: RowOptions): Html {
  return html`<tr class="group">
    ${
      canAct &&
      html`<td class="tick">
        <input
          type="checkbox"
          data-group
          disabled
          aria-label="All ${size} messages of campaign ${campaign} on this page"
        />
      </td>`
    }
    <th colspan="5" scope="rowgroup">
      <a href="${paths.campaign(campaign)}">Campaign ${campaign}</a>
      <small>${counted(size, 'message')} on this page</small>
    </th>
  </tr>`;
}

function messageRow(message: HeldSummary, { canAct, now }: RowOptions): Html {
  const { id, subject, from, alias, state, heldAt } = message;
  const shown = subject === '' ? '(no subject)' : subject;
  return html`<tr data-row tabindex="-1">
    ${
      canAct &&
      html`<td class="tick">
        <input
          type="checkbox"
          name="message"
          value="${id}"
          aria-label="Select ${visibleString(shown, 100)}"
        />
      </td>`
    }
    <th scope="row" class="wide">
      <a class="subject" href="${paths.message(id)}" data-open>${visible(shown, 140)}</a>
      <small>
        ${visibleAddress(from, 100)} · <a href="${paths.alias(alias)}">${visible(alias, 60)}</a>
        ${state !== 'held' && badge(state)} ${message.onlyUnder !== '' && onlyUnderLink(message)}
      </small>
    </th>
    <td class="number">${bitsText(message.scoreBits)}</td>
    <td class="why">${badge(message.verdict)} ${visible(whyOf(message.reason), 150)}</td>
    <td class="for">${recipients(message)}</td>
    <td class="nowrap">
      <time datetime="${heldAt}" title="${momentText(heldAt)} UTC">${ageText(heldAt, now)}</time>
    </td>
  </tr>`;
}

/** Leads to everything that a new set of rules alone keeps here. */
function onlyUnderLink({ onlyUnder }: HeldSummary): Html {
  return html`· <a href="${paths.quarantine({ onlyUnder })}">only under rules ${onlyUnder}</a>`;
}

/** The first comparison of the sentence: what the score begins with stands in a column of its own. */
function whyOf(reason: string): string {
  const terms = /^-?[\d.]+ bits for [^:]{1,300}: (.*)$/s.exec(reason)?.[1] ?? reason;
  return terms.split('; ', 1)[0] ?? reason;
}

const shownRecipients = 2;

function recipients({ envelope, deliveries }: HeldSummary): Html {
  const has = new Set(
    deliveries.filter(({ delivered }) => delivered).map(({ recipient }) => recipient),
  );
  const more = envelope.rcptTo.length - shownRecipients;
  return html`${envelope.rcptTo
    .slice(0, shownRecipients)
    .map(
      (recipient, index) =>
        html`${index > 0 && html`<br />`}${visibleAddress(recipient, 80)}${has.has(recipient) && ' ✓'}`,
    )}${more > 0 && html`<br /><small>and ${more} more</small>`}`;
}

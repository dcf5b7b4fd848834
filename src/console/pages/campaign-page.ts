import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { CampaignMember, CampaignSummary } from '../../review/review.ts';
import { badge, toned } from './badges.ts';
import { dataTable, facts } from './data-table.ts';
import { bitsText, counted, countText } from './figures.ts';
import { moment } from './moments.ts';
import { mayReview, reasonField } from './review-forms.ts';
import { visible, visibleAddress } from './visible-text.ts';

export type CampaignView = {
  readonly summary: CampaignSummary;
  readonly members: readonly CampaignMember[];
};

const shownMembers = 500;

/** One attack with all its copies, also those that were delivered before anything was noticed. */
export function campaignPage({ summary, members }: CampaignView, frame: Frame): Html {
  const delivered = members.filter(isInMailbox);
  return html`${facts([
      ['What its messages share', visible(summary.about, 300)],
      ['Messages', `${countText(summary.members)}, ${countText(summary.held)} held`],
      ['First seen', moment(summary.firstSeen)],
      ['Last seen', moment(summary.lastSeen)],
      [
        'Aliases',
        summary.aliases
          .slice(0, 20)
          .map(
            (alias, index) =>
              html`${index > 0 && ', '}<a href="${paths.alias(alias)}">${visible(alias, 60)}</a>`,
          ),
      ],
      [
        'State',
        summary.confirmed
          ? toned('alarm', 'confirmed attack')
          : toned('quiet', 'not confirmed by anybody'),
      ],
    ])}
    ${mayReview(frame) && campaignActs(summary, delivered.length > 0, frame)}
    <section>
      <h2>In mailboxes <small>${counted(delivered.length, 'copy', 'copies')}</small></h2>
      <p>
        The next hop’s reply names the queue id under which it took a copy: what an administrator
        needs to find it.
      </p>
      ${memberTable(delivered, 'No copy of this campaign was delivered.')}
    </section>
    <section>
      <h2>In no mailbox</h2>
      ${memberTable(
        members.filter((member) => !delivered.includes(member)),
        'Every copy was delivered.',
      )}
    </section>
    ${
      members.length > shownMembers &&
      html`<p class="empty">
        Tables show ${countText(shownMembers)} messages;
        <code>aliaswatch campaign show</code> prints all ${countText(members.length)}.
      </p>`
    }`;
}

/** Released mail counts, and so does mail that is still held for others of its recipients. */
function isInMailbox({ state, reply }: CampaignMember): boolean {
  return state.startsWith('delivered') || state === 'released' || reply !== '';
}

function campaignActs({ id, held }: CampaignSummary, isOut: boolean, frame: Frame): Html {
  return html`<form class="acts" method="post" action="/act">
    ${formFields(frame)} <input type="hidden" name="campaign" value="${id}" />
    <h2>Decide about all of it</h2>
    <div class="field">${reasonField('campaign-reason')}</div>
    <div class="buttons">
      <button name="act" value="confirm-attack" class="danger">Confirm attack</button>
      <button name="act" value="release" class="good" ${held === 0 && html` disabled`}>
        Release ${counted(held, 'held message')}
      </button>
      <button name="act" value="delete" ${held === 0 && html` disabled`}>
        Delete ${counted(held, 'held message')}
      </button>
      <a href="${paths.quarantine({ campaign: id })}">Choose among them</a>
    </div>
    ${
      isOut &&
      html`<p>
        Tell of the copies in mailboxes:
        <a href="${paths.notify(id, 'recipients')}">those who have one…</a>
        <a href="${paths.notify(id, 'admins')}">the administrators…</a>
      </p>`
    }
  </form>`;
}

function memberTable(members: readonly CampaignMember[], whenEmpty: string): Html {
  return dataTable(
    'Messages of the campaign',
    [
      { heading: 'Subject', kind: 'wide' },
      { heading: 'State' },
      { heading: 'Received', kind: 'nowrap' },
      { heading: 'Recipients', kind: 'address' },
      { heading: 'Bits', kind: 'number' },
      { heading: 'Message-ID' },
      { heading: 'Reply of the next hop' },
    ],
    members
      .slice(0, shownMembers)
      .map((member) => [
        html`${subject(member)}<br /><small>${visibleAddress(member.from, 100)}</small>`,
        badge(member.state),
        moment(member.at),
        recipients(member),
        bitsText(member.scoreBits),
        html`<code>${visible(member.messageId, 120)}</code>`,
        visible(member.reply, 200),
      ]),
    whenEmpty,
  );
}

const shownRecipients = 5;

function recipients({ recipients: known, moreRecipients = 0 }: CampaignMember): Html {
  const more = Math.max(0, known.length - shownRecipients) + moreRecipients;
  return html`${visibleAddress(known.slice(0, shownRecipients).join(', '), 200)}${more > 0 && html` <small>and ${countText(more)} more</small>`}`;
}

function subject({ id, state, subject: text }: CampaignMember): Html {
  const shown = text === '' ? '(no subject)' : visible(text, 120);
  const isKept = !state.startsWith('delivered');
  return isKept ? html`<a href="${paths.message(id)}">${shown}</a>` : html`${shown}`;
}

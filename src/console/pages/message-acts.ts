import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { HeldMessage } from '../../quarantine/quarantine.ts';
import { isUndoable } from '../../review/is-undoable.ts';
import type { Act } from '../../review/review.ts';
import { actTitles, isDone } from './acts-page.ts';
import { toned } from './badges.ts';
import { countText } from './figures.ts';
import type { MessagePageView } from './message-view.ts';
import { moment } from './moments.ts';
import { mayReview, reasonField, undoForm } from './review-forms.ts';
import { visible, visibleAddress, visibleString } from './visible-text.ts';

const shownRecipients = 100;

/** Who waits for the message, and what an operator can do about it. */
export function messageActs(view: MessagePageView, frame: Frame): Html {
  const { held } = view;
  const canAct = mayReview(frame) && held.state === 'held';
  return html`<section class="decide">
      <h2>${held.state === 'held' ? 'Decide' : 'Recipients'}</h2>
      ${canAct ? actForm(held, frame) : recipientList(held)}
      ${
        held.state === 'deleted' && html`<p>It is in the bin and can still be taken back below.</p>`
      }
    </section>
    ${view.acts.length > 0 && doneSection(view, frame)}`;
}

function actForm(held: HeldMessage, frame: Frame): Html {
  return html`<form method="post" action="/act" data-keys-form>
    ${formFields(frame)} <input type="hidden" name="message" value="${held.id}" />
    <input type="hidden" name="recipients" value="ticked" />
    <fieldset>
      <legend>Recipients</legend>
      ${recipientChoices(held)}
    </fieldset>
    <div class="field">${reasonField('reason')}</div>
    <div class="buttons">
      <button name="act" value="release" class="good" data-key="r">Release</button>
      <button name="act" value="delete" data-key="d">Delete</button>
      <button name="act" value="confirm-attack" class="danger" data-key="c">Confirm attack</button>
    </div>
    <p class="hint">
      Release goes to the ticked recipients, without scoring it again. Delete moves it to the bin.
      Confirming an attack keeps all of its campaign out of what is learned.
    </p>
  </form>`;
}

function recipientChoices({ envelope, deliveries }: HeldMessage): Html {
  const latest = latestReplies(deliveries);
  const more = envelope.rcptTo.length - shownRecipients;
  return html`<ul class="recipients">
    ${envelope.rcptTo.slice(0, shownRecipients).map((recipient) => {
      const delivery = latest.get(recipient);
      const has = delivery?.delivered === true;
      return html`<li>
        <label>
          <input
            type="checkbox"
            name="recipient"
            value="${recipient}"
            ${has ? html` disabled` : html` checked`}
          />
          ${visibleAddress(recipient)}
        </label>
        ${delivery !== undefined && deliveryNote(delivery)}
      </li>`;
    })}
    ${
      more > 0 &&
      html`<li>
        and ${countText(more)} more; to reach them as well use
        <code>aliaswatch quarantine release</code>
      </li>`
    }
  </ul>`;
}

type Delivery = HeldMessage['deliveries'][number];

function latestReplies(deliveries: HeldMessage['deliveries']): ReadonlyMap<string, Delivery> {
  return new Map(deliveries.map((delivery) => [delivery.recipient, delivery]));
}

function deliveryNote({ delivered, reply, at }: Delivery): Html {
  return html`<small class="delivery"
    >${delivered ? toned('good', 'has it') : toned('warn', 'refused, try again')} ${moment(at)}
    <code class="break" title="${visibleString(reply, 300)}">${visible(reply, 160)}</code></small
  >`;
}

function recipientList({ envelope, deliveries }: HeldMessage): Html {
  const latest = latestReplies(deliveries);
  const more = envelope.rcptTo.length - shownRecipients;
  return html`<ul class="recipients">
    ${envelope.rcptTo.slice(0, shownRecipients).map((recipient) => {
      const delivery = latest.get(recipient);
      return html`<li>
        ${visibleAddress(recipient)} ${delivery !== undefined && deliveryNote(delivery)}
      </li>`;
    })}
    ${more > 0 && html`<li>and ${countText(more)} more</li>`}
  </ul>`;
}

function doneSection({ held, acts }: MessagePageView, frame: Frame): Html {
  return html`<section>
    <h2>Done about it</h2>
    <ul class="past">
      ${acts
        .slice(0, 10)
        .map(
          (act) =>
            html`<li>
              <b>${actTitles[act.kind]}</b> by ${visible(act.by.name, 80)}, ${moment(act.at)}
              ${act.reason !== '' && html`<q>${visible(act.reason, 300)}</q>`}
              ${troubleOf(act, held.id)} ${act.undoneBy !== null && html`<small>taken back</small>`}
              ${isUndoable(act) && mayReview(frame) && undoForm(frame, act.id)}
            </li>`,
        )}
    </ul>
    <p><a href="${paths.acts()}">All decisions</a></p>
  </section>`;
}

/** What did not work, of what was meant to be done to this message. */
function troubleOf({ effects }: Act, message: string): readonly Html[] {
  return effects
    .filter((effect) => effect.message === message && !isDone(effect))
    .map(
      ({ outcome, detail }) =>
        html`<small class="trouble">${toned('warn', outcome)} ${visible(detail, 200)}</small>`,
    );
}

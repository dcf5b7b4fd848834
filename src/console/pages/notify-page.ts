import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { Notifying } from '../../review/review.ts';
import { toned } from './badges.ts';
import { facts } from './data-table.ts';
import { counted, countText } from './figures.ts';
import { reasonField } from './review-forms.ts';
import { visible } from './visible-text.ts';

const shownText = 4000;

/** What telling people of a campaign would send, and to how many, before it does; or why nobody can be told. */
export function notifyPage(
  campaign: string,
  notifying: Notifying | { readonly refusal: string },
  frame: Frame,
): Html {
  if ('refusal' in notifying)
    return html`<p class="notice refused">${visible(notifying.refusal, 500)}</p>
      <p><a href="${paths.campaign(campaign)}">The campaign</a></p>`;
  const { to, news, notice } = notifying;
  // The form comes back to the campaign, where another press would be another question.
  const back = { ...frame, path: paths.campaign(campaign) };
  return html`${facts(factsOf(campaign, notifying))}
    <form class="acts" method="post" action="/notify">
      ${formFields(back)} <input type="hidden" name="campaign" value="${campaign}" />
      <input type="hidden" name="to" value="${to}" />
      <h2>Send it</h2>
      <div class="field">${reasonField('notify-reason')}</div>
      <div class="buttons">
        <button class="danger" ${news === 0 && html` disabled`}>
          Tell ${counted(news, 'person', 'people')}
        </button>
        <a href="${paths.campaign(campaign)}">Do not</a>
      </div>
      <p class="hint">
        It cannot be taken back. Nobody is told of the same message twice; it is sent within
        minutes.
      </p>
    </form>
    <section>
      <h2>The notice <small>as ${visible(notice.to, 200)} would get it</small></h2>
      <p><b>${visible(notice.subject, 300)}</b></p>
      ${paragraphs(notice.text)}
    </section>`;
}

function factsOf(
  campaign: string,
  { to, people, news, messages, nameless, confirmed }: Notifying,
): Parameters<typeof facts>[0] {
  const who = to === 'admins' ? 'administrators' : 'recipients with a copy';
  return [
    ['Campaign', html`<a href="${paths.campaign(campaign)}">${visible(campaign, 40)}</a>`],
    ['Of', counted(messages, 'delivered message')],
    ['Who is told', `${countText(news)} of ${countText(people)} ${who}`],
    ['Told before', countText(people - news)],
    ...(nameless > 0
      ? [
          [
            'Left out',
            `${countText(nameless)} more with a copy: their addresses are not remembered`,
          ] as const,
        ]
      : []),
    [
      'State',
      confirmed
        ? toned('alarm', 'confirmed attack')
        : toned('warn', 'nobody has confirmed that it is an attack'),
    ],
  ];
}

function paragraphs(text: string): readonly Html[] {
  return text
    .slice(0, shownText)
    .trim()
    .split('\n\n')
    .map((paragraph) => {
      const lines = paragraph.split('\n');
      return html`<p>
        ${lines.map((line, index) => html`${index > 0 && html`<br />`}${visible(line, 300)}`)}
      </p>`;
    });
}

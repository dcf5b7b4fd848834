import { html, type Html } from '../html.ts';
import type { DiffSentence, Standing, TemplateDiff } from '../preview/template-diff.ts';
import type { TextPiece } from '../preview/text-pieces.ts';
import { visible } from './visible-text.ts';

/** The text beside what the alias wrote before; what fills a slot stands out of the wording around it. */
export function diffSection(diff: TemplateDiff | null): Html {
  if (diff === null)
    return html`<section>
      <h2>Beside the alias’s own wording</h2>
      <p class="empty">
        There is nothing to compare with: the baseline store does not answer, or the body cannot be
        read.
      </p>
    </section>`;
  return html`<section>
    <h2>Beside the alias’s own wording</h2>
    ${
      !diff.hasHistory &&
      html`<p class="callout">
        This alias has no matured history: only the vendor’s published wording is known.
      </p>`
    }
    ${subjectLine(diff)} ${legend()}
    ${
      diff.sentences.length === 0
        ? html`<p class="empty">There is no text.</p>`
        : html`<ol class="diff">
            ${diff.sentences.map(sentenceItem)}
          </ol>`
    }
    ${diff.isCut && html`<p class="empty">Only the first ${diff.sentences.length} sentences are shown.</p>`}
  </section>`;
}

function subjectLine({ subject, templates, hasHistory }: TemplateDiff): Html {
  const words = subject.map(({ text, isNew }) =>
    isNew && hasHistory ? html`<mark class="new">${visible(text, 200)}</mark>` : visible(text, 200),
  );
  return html`<p class="diff-subject"><b>Subject</b> ${words}</p>
    ${
      templates.length > 0 &&
      html`<p class="soft">
        The vendor writes
        ${templates
          .slice(0, 6)
          .map((template, index) => html`${index > 0 && ', '}<q>${slotted(template)}</q>`)}.
      </p>`
    }`;
}

/** `{tenant} verification code`: the slots of a template. */
function slotted(template: string): readonly Html[] {
  return template
    .split(/(\{[^{}]{0,80}\})/)
    .map((part) =>
      part.startsWith('{') ? html`<mark class="slot">${part}</mark>` : html`${part}`,
    );
}

const labels: Readonly<Record<Standing, string>> = {
  never: 'never written by this alias',
  before: 'written before',
  vendor: 'the vendor’s own',
  untold: 'not told: no word that is remembered',
};

function legend(): Html {
  return html`<ul class="legend">
    ${(['never', 'before', 'vendor', 'untold'] as const).map(
      (standing) => html`<li><span class="stripe ${standing}"></span> ${labels[standing]}</li>`,
    )}
    <li><mark class="slot">slot</mark> changes from message to message</li>
    <li><mark class="contact">contact</mark> telephone number or wallet</li>
  </ul>`;
}

function sentenceItem({ standing, note, pieces }: DiffSentence): Html {
  return html`<li class="${standing}">
    <span class="text">${pieces.map(piece)}</span>
    ${note !== '' && html`<small>${visible(note, 200)}</small>`}
    ${standing === 'untold' && html`<span class="sr">${labels.untold}</span>`}
  </li>`;
}

function piece({ kind, text }: TextPiece): Html {
  if (kind === 'wording') return visible(text, 1200);
  return html`<mark class="${kind === 'contact' ? 'contact' : 'slot'}"
    >${visible(text, 600)}</mark
  >`;
}

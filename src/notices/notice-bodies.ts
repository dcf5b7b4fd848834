import { wrapWords } from '../action/wrap-words.ts';
import { html, renderHtml } from '../console/html.ts';
import type { EntryWords, NoticeWords } from './notice-words.ts';

const textColumns = 72;

/** The plain text of a notice; lines end with a line feed. */
export function noticeText({ paragraphs, entries, remarks }: NoticeWords): string {
  const blocks = [
    ...paragraphs.map((text) => wrapWords(text, textColumns).join('\n')),
    ...entries.map(entryText),
    // A link in a remark must stay in one piece.
    ...remarks,
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The same as HTML that needs nothing from anywhere else: no script, no picture, no style sheet. */
export function noticeHtml(words: NoticeWords, language: string): string {
  const { subject, paragraphs, entries, remarks } = words;
  return renderHtml(
    html`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <meta name="color-scheme" content="light dark" />
          <title>${subject}</title>
        </head>
        <body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
          ${paragraphs.map((text) => html`<p>${text}</p>`)} ${entries.map(entryHtml)}
          ${remarks.map((text) => html`<p style="font-size: smaller">${text}</p>`)}
        </body>
      </html> `,
  );
}

function entryText({ facts, links }: EntryWords): string {
  const lines = [
    ...facts.map(({ name, value }) => `  ${name === '' ? '' : `${name}: `}${value}`),
    ...links.map(({ name, address }) => `  ${name}:\n  ${address}`),
  ];
  return lines.join('\n');
}

function entryHtml({ facts, links }: EntryWords) {
  return html`<div style="border-left: 3px solid #b45309; margin: 1em 0; padding-left: 1em">
    ${facts.map(
      ({ name, value }) =>
        html`<div>
          ${name === '' ? null : html`<strong>${name}:</strong> `}<bdi>${value}</bdi>
        </div> `,
    )}
    ${links.map(({ name, address }) => html`<div><a href="${address}">${name}</a></div> `)}
  </div> `;
}

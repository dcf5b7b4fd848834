import { createHash } from 'node:crypto';
import { html, renderHtml } from '../../console/html.ts';
import { defang } from '../defang.ts';
import type { NoticeTexts } from '../notice-texts.ts';
import type { LinkAnswer } from './link-acts.ts';

const maxSubject = 160;
const maxFrom = 120;

const style = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
body { margin: 10vh auto; max-width: 32rem; padding: 0 1rem }
dl { border-left: 3px solid #b45309; padding-left: 1rem }
dt { font-weight: 600 }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere }
button { font: inherit; padding: .5rem 1.25rem }`;

/** It holds nothing that would be escaped. */
const styleElement = html`<style>
  ${style}
</style>`;

/** Of exactly what stands between the tags: the policy allows no other style. */
const styleHash = createHash('sha256')
  .update(renderHtml(styleElement).replace(/^<style>|<\/style>$/g, ''))
  .digest('base64');

/** Nothing is loaded, run or framed, and the address, which is the secret, is told to nobody. */
export const linkPageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The page behind a link: a question with a button, or what came of it. The form has no address: it is this page's own. */
export function linkPage(
  { says, question }: Pick<LinkAnswer, 'says' | 'question'>,
  texts: NoticeTexts,
  language: string,
): string {
  const facts =
    question === null
      ? []
      : [
          [texts.from, defang(question.from, maxFrom)],
          [texts.subject, defang(question.subject, maxSubject)],
        ];
  return renderHtml(
    html`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>${texts[says]}</title>
          ${styleElement}
        </head>
        <body>
          <h1>${texts[says]}</h1>
          ${
            question === null
              ? null
              : html`<dl>
                    ${facts.map(
                      ([name, value]) =>
                        html`<dt>${name}</dt>
                          <dd><bdi>${value}</bdi></dd>`,
                    )}
                  </dl>
                  <form method="post"><button>${texts[says]}</button></form>`
          }
        </body>
      </html> `,
  );
}

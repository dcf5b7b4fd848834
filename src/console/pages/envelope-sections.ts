import { html, type Html } from '../html.ts';
import type { MimePart } from '../preview/mime-tree.ts';
import type { StoredMessage } from '../preview/stored-message.ts';
import { toned } from './badges.ts';
import { dataTable } from './data-table.ts';
import { bytesText, counted, countText } from './figures.ts';
import { visible } from './visible-text.ts';

/** What authentication found, from our own field on top; others' fields are among the header fields. */
export function authenticationSection({ fields }: StoredMessage): Html {
  const body = fields.find(({ name }) => name === 'authentication-results')?.body ?? '';
  const [authservId = '', ...results] = body.split(';').map((part) => part.trim());
  return html`<section>
    <h2>
      Authentication ${authservId !== '' && html`<small>by ${visible(authservId, 100)}</small>`}
    </h2>
    ${dataTable(
      'Authentication results',
      [{ heading: 'Method' }, { heading: 'Result' }, { heading: 'Of', kind: 'wide' }],
      results.slice(0, 40).flatMap((result) => {
        const [, method, word, rest] =
          /^([a-z0-9-]+)\s*=\s*([a-z]+)\s*([\s\S]*)$/i.exec(result) ?? [];
        if (method === undefined || word === undefined) return [];
        return [[visible(method, 40), resultBadge(word), visible(rest ?? '', 400)]];
      }),
      'No result of ours is in the stored message.',
    )}
  </section>`;
}

function resultBadge(word: string): Html {
  const tone = word === 'pass' ? 'good' : /^(?:fail|permerror)$/.test(word) ? 'alarm' : 'warn';
  return toned(tone, word.slice(0, 20));
}

export function headerSection({ fields, fieldCount }: StoredMessage): Html {
  return html`<section>
    <h2>Header fields <small>${countText(fieldCount)}</small></h2>
    <details>
      <summary>
        ${
          fieldCount > fields.length
            ? `The first ${fields.length} of ${countText(fieldCount)}`
            : counted(fields.length, 'field')
        }
      </summary>
      <dl class="header-fields">
        ${fields.map(
          ({ name, body }) =>
            html`<div>
              <dt>${visible(name, 100)}</dt>
              <dd>${visible(body, 2000)}</dd>
            </div>`,
        )}
      </dl>
    </details>
  </section>`;
}

export function mimeSection({ mime }: StoredMessage): Html {
  return html`<section>
    <h2>MIME parts</h2>
    <ul class="tree">
      ${partItem(mime.root)}
    </ul>
    ${mime.isCut && html`<p class="empty">There are more parts, or deeper ones, than are shown.</p>`}
  </section>`;
}

function partItem({
  contentType,
  charset,
  encoding,
  disposition,
  filename,
  sizeBytes,
  parts,
}: MimePart): Html {
  const words = [charset, encoding, disposition].filter((word) => word !== '');
  return html`<li>
    <code>${visible(contentType, 200)}</code>
    ${filename !== '' && html`<b>${visible(filename, 200)}</b>`}
    <small>${visible([...words, bytesText(sizeBytes)].join(', '), 400)}</small>
    ${
      parts.length > 0 &&
      html`<ul>
        ${parts.map(partItem)}
      </ul>`
    }
  </li>`;
}

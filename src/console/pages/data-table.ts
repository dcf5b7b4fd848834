import { html, type Html, type HtmlValue } from '../html.ts';

export type Column = {
  readonly heading: string;
  readonly kind?: 'number' | 'nowrap' | 'wide' | 'address' | 'name';
};

/** Cells of a row in the order of the columns; the first names the row. */
export type Row = readonly HtmlValue[];

/** A table that scrolls by itself where it is wider than the page; `whenEmpty` stands where there are no rows. */
export function dataTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly Row[],
  whenEmpty: string,
): Html {
  if (rows.length === 0) return html`<p class="empty">${whenEmpty}</p>`;
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map(
            ({ heading, kind }) =>
              html`<th scope="col" class="${kind ?? ''}">
                ${heading === '' ? html`<span class="sr">Action</span>` : heading}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => {
                const kind = columns[index]?.kind ?? '';
                return index === 0
                  ? html`<th scope="row" class="${kind}">${cell}</th>`
                  : html`<td class="${kind}">${cell}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Name and value, one under the other. */
export function facts(entries: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

import { structurePicture } from '../charts/structure-picture.ts';
import { html, type Html } from '../html.ts';
import { defanged } from '../preview/defanged.ts';
import type { HtmlStructure } from '../preview/html-structure.ts';
import type { StoredMessage } from '../preview/stored-message.ts';
import { dataTable } from './data-table.ts';
import { bytesText, counted } from './figures.ts';
import type { LinkFound } from './message-view.ts';
import { visible } from './visible-text.ts';

const shownBlocks = 120;
const shownBlockLength = 1500;
const shownLinks = 100;

/** The message as text, never as markup: what it says, where it leads, and how its HTML is laid out. */
export function contentSections(stored: StoredMessage, links: readonly LinkFound[]): Html {
  return html`<section>
      <h2>Text</h2>
      ${stored.trouble !== null && html`<p class="callout">${stored.trouble}</p>`}
      ${stored.isCut && html`<p class="callout">Only the first ${bytesText(2 * 1024 * 1024)} are read here.</p>`}
      ${textOf(stored)}
    </section>
    ${linkSection(links)} ${stored.structure !== null && structureSection(stored.structure)}`;
}

function textOf({ message }: StoredMessage): Html {
  if (message === null) return html``;
  const fromHtml = message.html?.blocks ?? [];
  const both = message.textBlocks.length > 0 && fromHtml.length > 0;
  if (message.textBlocks.length + fromHtml.length === 0)
    return html`<p class="empty">There is no text in it.</p>`;
  const [first, second] =
    message.textBlocks.length > 0 ? [message.textBlocks, fromHtml] : [fromHtml, []];
  return html`${both && html`<h3>Plain part</h3>`} ${blocks(first)}
  ${
    both &&
    html`<details>
      <summary>Text of the HTML part</summary>
      ${blocks(second)}
    </details>`
  }`;
}

function blocks(all: readonly string[]): Html {
  const more = all.length - shownBlocks;
  return html`<div class="preview">
    ${all.slice(0, shownBlocks).map((block) => html`<p>${visible(block, shownBlockLength)}</p>`)}
    ${more > 0 && html`<p class="empty">and ${counted(more, 'more paragraph')}</p>`}
  </div>`;
}

function linkSection(links: readonly LinkFound[]): Html {
  if (links.length === 0) return html``;
  const more = links.length - shownLinks;
  return html`<section>
    <h2>
      Links <small>${counted(links.length, 'address', 'addresses')}, none can be clicked</small>
    </h2>
    ${dataTable(
      'Links',
      [{ heading: 'Domain' }, { heading: 'Address', kind: 'wide' }],
      links
        .slice(0, shownLinks)
        .map(({ url, domain }) => [
          visible(domain.replaceAll('.', '[.]'), 120),
          html`<code class="break">${visible(defanged(url), 500)}</code>`,
        ]),
      '',
    )}
    ${more > 0 && html`<p class="empty">and ${counted(more, 'more')}</p>`}
  </section>`;
}

const activeNames: Readonly<Record<keyof HtmlStructure['active'], string>> = {
  scripts: 'script or event handler',
  styles: 'style sheet',
  remote: 'remote picture or file',
  forms: 'form',
  hidden: 'hidden element',
};

function structureSection({ boxes, active, isCut }: HtmlStructure): Html {
  const told = Object.entries(active)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => counted(count, activeNames[name as keyof typeof activeNames]));
  return html`<section>
    <h2>Layout of the HTML part <small>outlines only; nothing is run or loaded</small></h2>
    ${told.length > 0 && html`<p>${told.join(', ')}.</p>`}
    ${
      boxes.length === 0
        ? html`<p class="empty">It shows nothing.</p>`
        : html`<details open>
            <summary>${counted(boxes.length, 'box', 'boxes')}</summary>
            ${structurePicture(boxes)}
          </details>`
    }
    ${isCut && html`<p class="empty">The rest of a very long part is left out.</p>`}
  </section>`;
}

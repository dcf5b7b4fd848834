import { decodeHTML, decodeHTMLAttribute } from 'entities/decode';
import { Parser } from 'htmlparser2';
import { collapseSpace } from './collapse-space.ts';

/** What HTML shows and where it leads: nothing is rendered, nothing is fetched. */
export type HtmlOutline = {
  /** Visible text, one entry per block element, white space collapsed. */
  readonly blocks: readonly string[];
  /** Link targets as written: `href` of anchors and areas, `action` of forms. */
  readonly links: readonly string[];
  /** What is clicked, by link target as written: the text of its first anchor that has any, at most 200 characters. */
  readonly linkTexts: ReadonlyMap<string, string>;
  /** Distinct `tag` and `tag.class` names, digits stripped, sorted: the layout's identity (measured C7). */
  readonly tags: readonly string[];
};

export const htmlLimits = {
  htmlLength: 1_000_000,
  blocks: 20_000,
  links: 1000,
  tags: 400,
  depth: 400,
};

const inlineTags = new Set([
  'a',
  'abbr',
  'b',
  'bdi',
  'bdo',
  'big',
  'cite',
  'code',
  'em',
  'font',
  'i',
  'img',
  'ins',
  'label',
  'mark',
  'o:p',
  'q',
  's',
  'small',
  'span',
  'strike',
  'strong',
  'sub',
  'sup',
  'time',
  'tt',
  'u',
  'var',
  'wbr',
]);
const maxLinkText = 200;
/** Their text has no entities (HTML 13.1.2.6); that of `silentTags` is not read at all. */
const rawTags = new Set(['xmp', 'iframe', 'noembed', 'noframes', 'plaintext']);
const silentTags = new Set(['script', 'style', 'title', 'template', 'noscript']);

/** Reads at most 1,000,000 characters of `html`; never throws on malformed markup. */
export function outlineHtml(html: string): HtmlOutline {
  const blocks: string[] = [];
  const links: string[] = [];
  const linkTexts = new Map<string, string>();
  const tags = new Set<string>();
  const labelled = new Set<string>();
  let text = '';
  let silent = 0;
  let raw = 0;
  /** The anchor that is open, and the text in it so far. */
  let anchor: { target: string; text: string } | null = null;
  const endAnchor = () => {
    const label = anchor === null ? '' : collapseSpace(anchor.text).slice(0, maxLinkText);
    if (anchor !== null && label !== '' && !linkTexts.has(anchor.target))
      linkTexts.set(anchor.target, label);
    anchor = null;
  };
  const endBlock = () => {
    if (text === '') return;
    const block = collapseSpace(text);
    text = '';
    if (block !== '' && blocks.length < htmlLimits.blocks) blocks.push(block);
  };
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (silentTags.has(name)) silent++;
        if (rawTags.has(name)) raw++;
        if (!inlineTags.has(name)) endBlock();
        const written =
          name === 'form'
            ? attributes['action']
            : name === 'a' || name === 'area'
              ? attributes['href']
              : undefined;
        const target = written === undefined ? undefined : decodedAttribute(written);
        if (target !== undefined && target !== '' && links.length < htmlLimits.links)
          links.push(target.trim());
        if (name === 'a') {
          endAnchor();
          if (target !== undefined && linkTexts.size < htmlLimits.links)
            anchor = { target: target.trim(), text: '' };
        }
        const classes = decodedAttribute(attributes['class'] ?? '');
        const seen = `${name} ${classes}`;
        if (labelled.has(seen) || tags.size >= htmlLimits.tags) return;
        labelled.add(seen);
        for (const label of tagLabels(name, classes)) tags.add(label);
      },
      ontext: (written) => {
        if (silent > 0) return;
        const data = raw === 0 && written.includes('&') ? decodeHTML(written) : written;
        text += data;
        if (anchor !== null && anchor.text.length < maxLinkText) anchor.text += data;
      },
      onclosetag: (name) => {
        if (silentTags.has(name)) silent = Math.max(0, silent - 1);
        if (rawTags.has(name)) raw = Math.max(0, raw - 1);
        if (name === 'a') endAnchor();
        if (!inlineTags.has(name)) endBlock();
      },
    },
    // What is read is decoded above: the parser would look at every character for it.
    { decodeEntities: false, lowerCaseAttributeNames: true },
  );
  parser.write(html.slice(0, htmlLimits.htmlLength));
  parser.end();
  endBlock();
  return { blocks, links, linkTexts, tags: [...tags].sort() };
}

function decodedAttribute(written: string): string {
  return written.includes('&') ? decodeHTMLAttribute(written) : written;
}

function tagLabels(name: string, classes: string): readonly string[] {
  if (name.length > 32) return [];
  const first = classes.trim().split(/\s+/, 1)[0]?.replace(/\d+/g, '').slice(0, 40);
  return first ? [name, `${name}.${first}`] : [name];
}

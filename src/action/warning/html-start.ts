import { Parser } from 'htmlparser2';

/** Elements that show nothing, and stand before the body. */
const headElements = new Set(['html', 'head', 'title', 'style', 'script', 'meta', 'link', 'base']);
const chunkLength = 4096;

/**
 * Where a reader begins to read: behind the `<body …>` tag, or before whatever would be shown before it. `html` has one
 * character per byte, so that the result counts bytes.
 */
export function htmlStart(html: string): number {
  const found: number[] = [];
  const silent: string[] = [];
  const parser = new Parser(
    {
      onopentag: (name) => {
        if (name === 'body') found.push(parser.endIndex + 1);
        else if (!headElements.has(name)) found.push(parser.startIndex);
        else silent.push(name);
      },
      ontext: (text) => {
        if (/^(?:title|style|script)$/.test(silent.at(-1) ?? '')) return;
        // A byte order mark, as its bytes, belongs to what stands before the text.
        const blank = /^(?:\u00ef\u00bb\u00bf)?[ \t\r\n\f]*/.exec(text)?.[0].length ?? 0;
        if (blank < text.length) found.push(parser.startIndex + blank);
      },
      onclosetag: (name) => {
        const at = silent.lastIndexOf(name);
        if (at >= 0) silent.splice(at);
      },
    },
    { decodeEntities: false, lowerCaseTags: true },
  );
  for (let at = 0; at < html.length && found.length === 0; at += chunkLength)
    parser.write(html.slice(at, at + chunkLength));
  if (found.length === 0) parser.end();
  return Math.min(found[0] ?? 0, html.length);
}

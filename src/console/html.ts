const markup: unique symbol = Symbol('markup');

/** Markup that is safe to send: made by the tag `html` and by nothing else. */
export type Html = { readonly [markup]: string };

/** What may stand in a template; `null`, `undefined` and `false` leave nothing, lists are joined without a separator. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * Template tag for HTML and SVG that escapes every value, in content and in quoted attributes alike. A value is no tag
 * name, no attribute name, no unquoted attribute and no address with a scheme: those stand in the template itself.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += render(value) + (strings[index + 1] ?? '');
  });
  return { [markup]: text };
}

/** The text to send. */
export function renderHtml(content: Html): string {
  return content[markup];
}

/**
 * A path of our own from its segments, for `href`, `action` and `next`: whatever stands in a segment, the result is on
 * this site. Query values that are null are left out.
 */
export function localPath(
  segments: readonly string[],
  query: Readonly<Record<string, string | number | null>> = {},
): string {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : [`${encode(name)}=${encode(String(value))}`],
  );
  const path = `/${segments.map(encodeSegment).join('/')}`;
  return asked.length === 0 ? path : `${path}?${asked.join('&')}`;
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) return value.map(render).join('');
  return value[markup];
}

function isList(value: Html | readonly HtmlValue[]): value is readonly HtmlValue[] {
  return Array.isArray(value);
}

/** Control characters have no place in HTML (they are parse errors), and lone surrogates none in UTF-8. */
function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** `.` and `..` would be resolved by the browser even when encoded. */
function encodeSegment(segment: string): string {
  return /^\.{1,2}$/.test(segment) ? '~' : encode(segment);
}

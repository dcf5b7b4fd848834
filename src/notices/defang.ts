/** Code points looked at; a subject that is longer says nothing more. */
const maxRead = 1000;

/** Seen by software and not by people: soft hyphen, fillers, bidi and zero-width controls, variation selectors, keycap. */
const invisible =
  /[\p{C}\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2065\u20E3\u3164\uFE00-\uFE0F\uFFA0\u{E0100}-\u{E01EF}]/gu;

/** Marks on one letter beyond the second only serve to draw over the lines around it. */
const piledMarks = /(\p{M}{2})\p{M}+/gu;

/** An amount, whose dot is kept, or a dot; those of other scripts are dots of a host name to browsers (UTS 46 §2.3). */
const amountOrDot =
  /(?<![\p{N}.])\p{N}+\.\p{N}{1,2}(?![\p{N}\p{L}.:/_-])|(?<=\S)[.\u3002\uFF61\u2024\u00B7\u2219](?=\S)/gu;

/** What passes for a digit in a telephone number: figures of any script, and letters that look like one. */
const figure = String.raw`[\p{N}OoIl|\u041E\u043E\u039F\u03BF\u0406\u0456\u0399\u03B9]`;
const figures = new RegExp(
  String.raw`(?<![\p{L}\p{N}])${figure}(?:[^\p{L}\p{N}]{0,4}${figure}){5,}`,
  'gu',
);
const digitsInside = /\p{N}(?:[^\p{L}\p{N}]{0,4}\p{N}){5,}/gu;

/** `1-800-REFUNDS`: a number that is dialled by its letters. */
const vanity = /(?<!\p{N})8[0-9]{2}\)?[\s.·-]{0,3}[A-Z]{3,}(?:[\s.·-]?[A-Z0-9]{2,}){0,3}/gu;

/** Longer than any word, with figures in it: wallets, keys, tokens. */
const longToken = /(?=[\p{L}_-]*\p{N})[\p{L}\p{N}_-]{25,}/gu;

/**
 * Text of an attack as it may be shown to the person it was meant for: nothing that a mail program makes into a link, a
 * number that can be dialled or a wallet, and nothing that people do not see. At most `maxLength` characters on one line.
 */
export function defang(text: string, maxLength: number): string {
  const visible = Array.from(text.slice(0, 2 * maxRead).normalize('NFKC'))
    .slice(0, maxRead)
    .join('')
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replace(invisible, '')
    .replace(piledMarks, '$1');
  const masked = visible
    .replace(figures, (run) => (isNumber(run) ? mask(run) : run))
    .replace(digitsInside, mask)
    .replace(vanity, (run) => run.replace(/[\p{N}\p{L}]/gu, '•'))
    .replace(longToken, (token) => `${token.slice(0, 4)}…`);
  return cut(withoutLinks(masked).trim(), maxLength);
}

/** `hxxps[:]//evil[.]example`, `[\\]server`: mail programs make links of what looks like one, with or without a scheme. */
function withoutLinks(text: string): string {
  return text
    .replace(/http/gi, (word) => word.replace(/t/gi, 'x'))
    .replace(/(?<=[a-z][a-z0-9+.-]{0,30})[:\uA789\u02D0\u2236](?=\S)/giu, '[:]')
    .replace(/\\{2,}/g, '[\\]')
    .replace(amountOrDot, (found) => (found.length > 1 ? found : '[.]'));
}

/** A word such as `Oooooh` has the look of figures and none in it. */
function isNumber(run: string): boolean {
  return (run.match(/\p{N}/gu)?.length ?? 0) >= 4;
}

function mask(run: string): string {
  return run.replace(new RegExp(figure, 'gu'), '•');
}

function cut(text: string, maxLength: number): string {
  const characters = Array.from(text);
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}

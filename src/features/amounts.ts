const currency = 'usd|eur|gbp|aud|cad|inr|brl|chf';

const named = new RegExp(
  String.raw`(?:[$€£¥₹]|\b(?:${currency})\b)\s{0,2}\d|\d[\d.,]{0,12}\s{0,2}(?:[$€£¥₹]|(?:${currency}|dollars?|euros?)\b)`,
  'i',
);

/** An amount of money with its currency, in folded text. */
export function namesAmount(folded: string): boolean {
  return named.test(folded);
}

/** The same, or a number with two decimals: in a subject or a name that is a price. */
export function hasAmount(folded: string): boolean {
  return namesAmount(folded) || /\b\d{1,3}(?:,\d{3})*\.\d{2}\b/.test(folded);
}

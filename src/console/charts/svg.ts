/** Lengths in SVG attributes: a tenth of a pixel is enough. */
export function px(length: number): string {
  return (Math.round(length * 10) / 10).toString();
}

/** The least of 1, 2, 5, 10, 20, … that is not below `value`: where an axis ends. */
export function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** Maps values to a length in pixels. */
export type Axis = {
  readonly label: string;
  readonly place: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
};

export type AxisRange = {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly lengthPx: number;
};

/** Equal steps, ticks every `step`; `text` writes a tick. */
export function linearAxis(
  { label, from, to, lengthPx }: AxisRange,
  step: number,
  text: (value: number) => string = String,
): Axis {
  const count = Math.floor((to - from) / step + 1e-9);
  return {
    label,
    place: (value) => ((clamp(value, from, to) - from) / (to - from)) * lengthPx,
    ticks: Array.from({ length: count + 1 }, (_, index) => from + index * step).map((value) => ({
      value,
      text: text(value),
    })),
  };
}

/** Equal factors, a tick per power of ten; `from` must be above 0. */
export function logAxis({ label, from, to, lengthPx }: AxisRange): Axis {
  const [low, high] = [Math.log10(from), Math.log10(to)];
  const powers = Array.from(
    { length: Math.floor(high) - Math.ceil(low) + 1 },
    (_, index) => Math.ceil(low) + index,
  );
  return {
    label,
    place: (value) => ((Math.log10(clamp(value, from, to)) - low) / (high - low)) * lengthPx,
    ticks: powers.map((power) => ({ value: 10 ** power, text: powerText(power) })),
  };
}

function powerText(power: number): string {
  return power === 0 ? '1' : `1 in ${(10 ** -power).toLocaleString('en-US')}`;
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(to, Math.max(from, value));
}

/** Numbers as people read them. */

/** `+13.0`, `-2.1`; no negative zero. */
export function signedBits(bits: number): string {
  const tenths = Math.round(bits * 10);
  return `${tenths < 0 ? '−' : '+'}${(Math.abs(tenths) / 10).toFixed(1)}`;
}

export function bitsText(bits: number): string {
  const tenths = Math.round(bits * 10);
  return `${tenths < 0 ? '−' : ''}${(Math.abs(tenths) / 10).toFixed(1)}`;
}

/** Where something begins, as the policy says it: 7.25 is not 7.3. */
export function thresholdText(bits: number): string {
  return bits.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 message`, `1,204 messages`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB'];
  const step = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toFixed(bytes >= 10 ** (3 * step + 1) ? 0 : 1)} ${units[step - 1] ?? 'kB'}`;
}

export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 1 ? '< 1' : Math.round(percent)} %`;
}

/** `1 in 12,000`; `never` for nothing. */
export function chanceText(chance: number): string {
  if (!(chance > 0)) return 'never';
  return chance >= 0.5 ? percentText(chance) : `1 in ${countText(rounded(1 / chance))}`;
}

/** The same of a tail that was extrapolated: beyond one in a million there is nothing to tell. */
export function rarityText(chance: number): string {
  return chance < 1e-6 ? 'less than 1 in 1,000,000' : chanceText(chance);
}

/** Two digits are as much as is known. */
function rounded(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}

/**
 * Whole numbers of 0 or more in as few bytes as each needs, seven bits to a byte, the lowest first; the high bit says
 * that more follow. Source: unsigned LEB128, DWARF 5 section 7.6.
 */
export function encodeVarints(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    // Not by shifting, which would cut at 32 bits.
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** What `encodeVarints` wrote. */
export function decodeVarints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [number, scale] = [0, 1];
  for (const byte of bytes) {
    number += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte > 0x7f) continue;
    numbers.push(number);
    [number, scale] = [0, 1];
  }
  return numbers;
}

/** Whether a text names this address, and not merely a longer one that contains it; case does not matter. */
export function mentionsAddress(text: string, address: string): boolean {
  return address.trim() !== '' && addressPattern(address).test(text);
}

/** Every mention of an address, which is not to be empty. */
export function addressPattern(address: string): RegExp {
  const literal = address.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(
    `(?<![\\p{L}\\p{N}._%+-])${literal}(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`,
    'giu',
  );
}

/** Whether a text names this address, and not merely a longer one that contains it; case does not matter. */
export function mentionsAddress(text: string, address: string): boolean {
  const [haystack, needle] = [text.toLowerCase(), address.trim().toLowerCase()];
  if (needle === '') return false;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    const before = haystack.slice(0, at);
    const after = haystack.slice(at + needle.length);
    if (
      !/[\p{L}\p{N}._%+-]$/u.test(before.slice(-2)) &&
      !/^(?:[\p{L}\p{N}-]|\.[\p{L}\p{N}])/u.test(after)
    )
      return true;
  }
  return false;
}

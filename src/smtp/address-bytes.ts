import { isIPv4, isIPv6 } from 'node:net';

/** The 4 or 16 bytes of an IP address, or null where it is none; a zone (`%eth0`) is left away. */
export function addressBytes(address: string): Buffer | null {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address)) return null;
  // The URL parser writes one spelling per address: hex groups, at most one `::`, no dotted quad.
  const spelled = new URL(`http://[${address.replace(/%.*/s, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = spelled.split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  const bytes = Buffer.alloc(16);
  [...before, ...zeros, ...after].forEach((group, index) => bytes.writeUInt16BE(group, index * 2));
  return bytes;
}

/** The usual spelling of 4 or 16 bytes; an IPv4 address inside an IPv6 one is written as IPv4. */
export function formatAddress(bytes: Buffer): string {
  const isMapped =
    bytes.length === 16 && bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xff_ff;
  const ipv4 = isMapped ? bytes.subarray(12) : bytes;
  if (ipv4.length === 4) return [...ipv4].join('.');
  const hex = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${hex.join(':')}]/`).hostname.slice(1, -1);
}

/** What one customer gets, for counting by: an IPv4 address, or an IPv6 /64. What is no address stands for itself. */
export function networkOf(address: string): string {
  const bytes = addressBytes(address);
  if (bytes === null) return address;
  const spelled = formatAddress(bytes);
  return isIPv6(spelled) ? bytes.toString('hex', 0, 8) : spelled;
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

import { BlockList, isIP, isIPv4 } from 'node:net';

/** Whether an address is in one of the ranges; what is no address is in none. */
export type IsListed = (address: string) => boolean;

/** `ADDRESS` or `ADDRESS/BITS` (CIDR). */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = isIPv4(address) ? 32 : 128;
  if (isIP(address) === 0 || rest.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** The ranges must have passed `isAddressRange`. */
export function listAddresses(ranges: readonly string[]): IsListed {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return (address) => {
    // A dual-stack listener shows IPv4 clients as ::ffff:192.0.2.1.
    const plain = address.replace(/%.*/s, '').replace(/^::ffff:(?=\d+\.\d)/i, '');
    return isIP(plain) !== 0 && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}

import { isIPv4, isIPv6 } from 'node:net';
import { addressBytes, formatAddress } from './address-bytes.ts';

/** The PROXY protocol, versions 1 and 2 (HAProxy, proxy-protocol.txt): who connected to the proxy before us. */
export type Endpoint = { readonly address: string; readonly port: number };

export type ProxyVersion = 'proxy-v1' | 'proxy-v2';

export type ProxyHeaderReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid'; readonly why: string }
  /** `client` is null where the proxy speaks for itself (LOCAL) or cannot say (UNKNOWN, UNSPEC, a Unix socket). */
  | { readonly kind: 'header'; readonly sizeBytes: number; readonly client: Endpoint | null };

/** Section 2.1: the longest possible line with its line ending. */
const maxLineBytes = 107;
/** Addresses and TLVs; the largest that are sent in earnest carry the name of a TLS certificate. */
const maxPayloadBytes = 4096;
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const fixedBytes = signature.length + 4;

/** Reads the header at the start of what a proxy sent. Never asks for more than 4,112 bytes. */
export function readProxyHeader(bytes: Buffer): ProxyHeaderReading {
  const start = Math.min(bytes.length, signature.length);
  if (bytes.subarray(0, start).equals(signature.subarray(0, start)))
    return start < signature.length ? { kind: 'incomplete' } : readBinary(bytes);
  return readLine(bytes);
}

/** The header that says: `client` is on the other side; null speaks for ourselves. */
export function writeProxyHeader(
  version: ProxyVersion,
  client: Endpoint | null,
  server: Endpoint,
): Buffer {
  const source = client === null ? null : addressBytes(client.address);
  const isVersion1 = version === 'proxy-v1';
  if (client === null || source === null)
    return isVersion1 ? Buffer.from('PROXY UNKNOWN\r\n') : binary(0x20, 0x00, Buffer.alloc(0));
  const sameFamily = addressBytes(server.address)?.length === source.length;
  // A header has one family; a server of the other one is named by the address that stands for any.
  const destination =
    (sameFamily ? addressBytes(server.address) : null) ?? Buffer.alloc(source.length);
  const family = source.length === 4 ? 'TCP4' : 'TCP6';
  if (isVersion1) {
    const words = [formatAddress(source), formatAddress(destination), client.port, server.port];
    return Buffer.from(`PROXY ${family} ${words.join(' ')}\r\n`);
  }
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(client.port, 0);
  ports.writeUInt16BE(server.port, 2);
  return binary(0x21, family === 'TCP4' ? 0x11 : 0x21, Buffer.concat([source, destination, ports]));
}

function binary(versionAndCommand: number, family: number, payload: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(payload.length);
  return Buffer.concat([signature, Buffer.from([versionAndCommand, family]), length, payload]);
}

function readLine(bytes: Buffer): ProxyHeaderReading {
  const head = bytes.toString('latin1', 0, maxLineBytes);
  if (!head.startsWith('PROXY '.slice(0, head.length))) return invalid('no PROXY header');
  const end = head.indexOf('\r\n');
  if (end === -1)
    return bytes.length < maxLineBytes ? { kind: 'incomplete' } : invalid('the line is too long');
  const sizeBytes = end + 2;
  const [, family = '', ...words] = head.slice(0, end).split(' ');
  // Section 2.1: what follows UNKNOWN is ignored.
  if (family === 'UNKNOWN') return { kind: 'header', sizeBytes, client: null };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : () => false;
  const [source = '', destination = '', sourcePort = '', destinationPort = ''] = words;
  if (words.length !== 4 || ![source, destination].every((text) => isAddress(text)))
    return invalid('no family with two addresses and two ports');
  if (![sourcePort, destinationPort].every((text) => isPort(text))) return invalid('no port');
  const address = addressBytes(source);
  if (address === null) return invalid('no address');
  return {
    kind: 'header',
    sizeBytes,
    client: { address: formatAddress(address), port: Number(sourcePort) },
  };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readBinary(bytes: Buffer): ProxyHeaderReading {
  if (bytes.length < fixedBytes) return { kind: 'incomplete' };
  const versionAndCommand = bytes.readUInt8(signature.length);
  const family = bytes.readUInt8(signature.length + 1);
  const payloadBytes = bytes.readUInt16BE(signature.length + 2);
  if (versionAndCommand !== 0x20 && versionAndCommand !== 0x21)
    return invalid('another version or command');
  if (payloadBytes > maxPayloadBytes) return invalid('the header is too long');
  const sizeBytes = fixedBytes + payloadBytes;
  if (bytes.length < sizeBytes) return { kind: 'incomplete' };
  if (versionAndCommand === 0x20) return { kind: 'header', sizeBytes, client: null };
  return readAddresses(family, bytes.subarray(fixedBytes, sizeBytes));
}

/** Bytes of one address, by family and transport (section 2.2); 0 where the addresses say nothing to us. */
const addressSizes: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [0x11, 4],
  [0x21, 16],
]);
const unixStream = 0x31;
const unixPayloadBytes = 216;

function readAddresses(family: number, payload: Buffer): ProxyHeaderReading {
  const sizeBytes = fixedBytes + payload.length;
  const addressSize = addressSizes.get(family) ?? 0;
  const isUnix = family === unixStream;
  if (!addressSizes.has(family) && !isUnix) return invalid('another family or transport');
  // Section 2.2: with UNSPEC the receiver ignores the rest, whatever it is.
  if (family === 0x00) return { kind: 'header', sizeBytes, client: null };
  const addressesBytes = isUnix ? unixPayloadBytes : 2 * addressSize + 4;
  if (payload.length < addressesBytes) return invalid('the addresses are cut off');
  if (!areTypeLengthValues(payload.subarray(addressesBytes))) return invalid('a broken TLV');
  if (isUnix) return { kind: 'header', sizeBytes, client: null };
  const client = {
    address: formatAddress(payload.subarray(0, addressSize)),
    port: payload.readUInt16BE(2 * addressSize),
  };
  return { kind: 'header', sizeBytes, client };
}

function areTypeLengthValues(bytes: Buffer): boolean {
  let at = 0;
  while (at + 3 <= bytes.length) at += 3 + bytes.readUInt16BE(at + 1);
  return at === bytes.length;
}

function invalid(why: string): ProxyHeaderReading {
  return { kind: 'invalid', why };
}

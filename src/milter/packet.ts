import { GrowingBytes } from '../smtp/growing-bytes.ts';
import { MilterFault } from './milter-fault.ts';

/** One packet of the milter protocol: a four-byte length, one byte that names it, and its data. */
export type Packet = {
  /** One character (Latin-1): `O`, `C`, `B`, … */
  readonly name: string;
  readonly data: Buffer;
};

/** A header field of Postfix (`header_size_limit`, 100 KiB) fits ten times; body chunks take 64 KiB, or 1 MiB at most. */
export const maxPacketBytes = 1_048_577;

const lengthBytes = 4;
const firstBufferBytes = 4096;

export function encodePacket(name: string, ...parts: readonly Buffer[]): Buffer {
  const sizeBytes = parts.reduce((total, part) => total + part.length, 1);
  const head = Buffer.alloc(lengthBytes + 1);
  head.writeUInt32BE(sizeBytes);
  head.write(name, lengthBytes, 1, 'latin1');
  return Buffer.concat([head, ...parts]);
}

/** Cuts a stream of bytes into packets, whatever its chunks. Memory follows what has arrived, not what was announced. */
export class PacketReader {
  /** The packet that has begun. */
  readonly #begun = new GrowingBytes(firstBufferBytes);

  /** Whether a packet has begun and not ended. */
  get isMidPacket(): boolean {
    return this.#begun.length > 0;
  }

  /**
   * The packets that end in this chunk. Their data may be part of the chunk's own memory.
   * @throws MilterFault where a length is 0 or past `maxPacketBytes`.
   */
  push(chunk: Buffer): Packet[] {
    const hadBegun = this.isMidPacket;
    if (hadBegun) this.#begun.append(chunk);
    const bytes = hadBegun ? this.#begun.bytes : chunk;
    const packets: Packet[] = [];
    let at = 0;
    while (bytes.length - at >= lengthBytes) {
      const sizeBytes = bytes.readUInt32BE(at);
      if (sizeBytes === 0 || sizeBytes > maxPacketBytes)
        throw new MilterFault('protocol', `a packet of ${sizeBytes} bytes`);
      const end = at + lengthBytes + sizeBytes;
      if (end > bytes.length) break;
      packets.push({
        name: bytes.toString('latin1', at + lengthBytes, at + lengthBytes + 1),
        data: bytes.subarray(at + lengthBytes + 1, end),
      });
      at = end;
    }
    // Packets share the memory, so that it must not be written to again.
    if (at > 0) this.#begun.clear();
    if (at > 0 || !hadBegun) this.#begun.append(bytes.subarray(at));
    return packets;
  }
}

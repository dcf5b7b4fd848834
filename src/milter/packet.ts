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
  #buffer: Buffer = Buffer.alloc(0);
  #usedBytes = 0;

  /** Whether a packet has begun and not ended. */
  get isMidPacket(): boolean {
    return this.#usedBytes > 0;
  }

  /**
   * The packets that end in this chunk. Their data may be part of the chunk's own memory.
   * @throws MilterFault where a length is 0 or past `maxPacketBytes`.
   */
  push(chunk: Buffer): Packet[] {
    const bytes = this.#usedBytes === 0 ? chunk : this.#append(chunk);
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
    this.#keep(bytes.subarray(at), packets.length > 0);
    return packets;
  }

  #append(chunk: Buffer): Buffer {
    const neededBytes = this.#usedBytes + chunk.length;
    if (neededBytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.max(firstBufferBytes, neededBytes, this.#buffer.length * 2),
      );
      this.#buffer.copy(larger, 0, 0, this.#usedBytes);
      this.#buffer = larger;
    }
    chunk.copy(this.#buffer, this.#usedBytes);
    this.#usedBytes = neededBytes;
    return this.#buffer.subarray(0, neededBytes);
  }

  /** `hasCut`: packets share the memory, so that it must not be written to again. */
  #keep(rest: Buffer, hasCut: boolean): void {
    if (rest.length > 0 && this.#usedBytes > 0 && !hasCut) return;
    this.#buffer = Buffer.alloc(0);
    this.#usedBytes = 0;
    if (rest.length > 0) this.#append(rest);
  }
}

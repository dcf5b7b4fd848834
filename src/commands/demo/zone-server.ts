import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import { decode, encode, TRUNCATED_RESPONSE } from 'dns-packet';
import { respond, type Zone } from './zone.ts';

export type { Zone, ZoneRecords } from './zone.ts';

/** A small authoritative DNS server over real packets, for the demo and for tests. */
export interface ZoneServer extends AsyncDisposable {
  /** `host:port`, the form that resolvers take; UDP and TCP share the port. */
  readonly address: string;
  /** Queries answered, refused or dropped so far. */
  queryCount(): number;
}

/** Largest UDP answer without EDNS(0), RFC 1035 §4.2.1; with it, the size that avoids fragments. */
const plainUdpBytes = 512;
const ednsUdpBytes = 1232;
const tcpIdleMs = 5000;
const bindAttempts = 10;

/** Port 0 picks a free one. Closing cuts open connections. */
export async function startZoneServer(
  zone: Zone,
  listen: { readonly host: string; readonly port: number },
): Promise<ZoneServer> {
  let queries = 0;
  const answer = (query: Buffer): { response: Buffer; udpBytes: number } | null => {
    queries++;
    return answerQuery(query, zone);
  };
  const { udp, tcp } = await bindBoth(listen);
  const connections = new Set<Socket>();
  udp.on('message', (query, peer) => answerDatagram(udp, { query, peer, answer }));
  udp.on('error', () => undefined); // an unreachable client is no concern of ours
  tcp.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    serveConnection(socket, answer);
  });
  const { address, port } = tcp.address() as AddressInfo;
  return {
    address: isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`,
    queryCount: () => queries,
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(resolve)),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}

type Answer = (query: Buffer) => { response: Buffer; udpBytes: number } | null;

/** Null where nothing is to be sent: not a query, or a fault that drops it. */
function answerQuery(query: Buffer, zone: Zone): { response: Buffer; udpBytes: number } | null {
  try {
    const packet = decode(query);
    const response = packet.type === 'query' ? respond(packet, zone) : null;
    if (response === null) return null;
    const udpBytes = packet.additionals?.some(({ type }) => type === 'OPT')
      ? ednsUdpBytes
      : plainUdpBytes;
    return { response: encode(response), udpBytes };
  } catch {
    return null; // what cannot be decoded is not answered
  }
}

function answerDatagram(
  udp: UdpSocket,
  { query, peer, answer }: { query: Buffer; peer: RemoteInfo; answer: Answer },
): void {
  const answered = answer(query);
  if (answered === null) return;
  const { response, udpBytes } = answered;
  udp.send(response.length <= udpBytes ? response : truncate(response), peer.port, peer.address);
}

/** RFC 2181 §9: header and question with TC set; the client asks again over TCP. */
function truncate(response: Buffer): Buffer {
  const { id, flags, questions } = decode(response);
  return encode({
    type: 'response',
    id: id ?? 0,
    flags: (flags ?? 0) | TRUNCATED_RESPONSE,
    questions: questions ?? [],
  });
}

/** RFC 1035 §4.2.2: every message has its length in two bytes before it. */
function serveConnection(socket: Socket, answer: Answer): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(tcpIdleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const answered = answer(pending.subarray(2, end));
      pending = pending.subarray(end);
      if (answered === null) continue;
      socket.write(withLength(answered.response));
    }
  });
}

function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Both transports on one port: a free TCP port need not be free for UDP, so a picked one may take another try. */
async function bindBoth(listen: {
  readonly host: string;
  readonly port: number;
}): Promise<{ udp: UdpSocket; tcp: Server }> {
  for (let attempt = 1; ; attempt++) {
    const tcp = createServer();
    tcp.listen(listen.port, listen.host);
    await once(tcp, 'listening');
    const udp = createSocket(isIPv6(listen.host) ? 'udp6' : 'udp4');
    try {
      udp.bind((tcp.address() as AddressInfo).port, listen.host);
      await once(udp, 'listening');
      return { udp, tcp };
    } catch (error) {
      tcp.close();
      udp.close();
      if (listen.port !== 0 || attempt === bindAttempts) throw error;
    }
  }
}

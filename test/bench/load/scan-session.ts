import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { envelopeSender, type LoadSession } from './smtp-session.ts';

/** rspamd is asked by HTTP, over a connection that stays open: https://rspamd.com/doc/developers/protocol.html. */
export function openRspamdSession(port: number, clientAddress: string): LoadSession {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: async (message, recipient) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      request(
        { host: '127.0.0.1', port, path: '/checkv2', method: 'POST', agent },
        (response) => void text(response).then(resolve, reject),
      )
        .setHeaders(
          new Map([
            ['IP', clientAddress],
            ['Helo', 'sender.test'],
            ['From', envelopeSender],
            ['Rcpt', recipient],
          ]),
        )
        .on('error', reject)
        .end(message);
      const answer = await promise;
      if (!answer.includes('"action"')) throw new Error(`not scanned: ${answer.slice(0, 200)}`);
    },
    close: () => agent.destroy(),
  };
}

/** spamd is asked over a connection of its own for each message, with the Received field that an MTA had put on top. */
export function openSpamdSession(port: number, clientAddress: string): LoadSession {
  return {
    send: async (message, recipient) => {
      const received = `Received: from sender.test (sender.test [${clientAddress}]) by bench.test (envelope-from <${envelopeSender}>) for <${recipient}>; ${new Date().toUTCString().replace('GMT', '+0000')}\r\n`;
      const length = received.length + message.length;
      const socket = connect({ host: '127.0.0.1', port });
      socket.write(`CHECK SPAMC/1.5\r\nContent-length: ${length}\r\n\r\n${received}`);
      socket.write(message);
      const answer = (await buffer(socket)).toString('latin1');
      if (!answer.includes(' EX_OK')) throw new Error(`not scanned: ${answer.slice(0, 200)}`);
    },
    close: () => undefined,
  };
}

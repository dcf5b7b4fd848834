import { once } from 'node:events';
import { connect } from 'node:net';
import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import { encodePacket, PacketReader } from '../../milter/packet.ts';
import { codeOf, failed, messageOf, ok, type Finding } from './finding.ts';

const patienceMs = 2000;

/** Version 6 with all actions and all steps, as Postfix and Sendmail offer them. */
const offer = Buffer.from('00000006000001ff001fffff', 'hex');

/** Whether mail servers can ask at `milterListen`, as far as `serve` runs. */
export async function checkMilter(listen: HostPort): Promise<Finding> {
  const name = 'milter';
  const where = formatHostPort(listen);
  try {
    return (await agrees(listen))
      ? ok(name, `mail servers can ask on ${where}`)
      : failed(name, `what listens on ${where} speaks no milter protocol`, [
          'give milterListen a port of its own, and Postfix the same one: smtpd_milters = inet:HOST:PORT',
        ]);
  } catch (error) {
    if (codeOf(error) === 'ECONNREFUSED')
      return ok(name, `nothing listens on ${where} yet: serve will`);
    return failed(name, `${where} does not answer: ${messageOf(error)}`, [
      'look into the log of serve',
    ]);
  }
}

async function agrees({ host, port }: HostPort): Promise<boolean> {
  const signal = AbortSignal.timeout(patienceMs);
  const socket = connect(port, host);
  try {
    await once(socket, 'connect', { signal });
    socket.write(encodePacket('O', offer));
    const [chunk] = (await once(socket, 'data', { signal })) as [Buffer];
    return new PacketReader().push(chunk)[0]?.name === 'O';
  } finally {
    socket.destroy();
  }
}

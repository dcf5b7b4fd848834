import { openNoticeDesk } from '../../src/notices/notice-desk.ts';
import { deliverOnce } from '../../src/smtp/deliver-once.ts';
import { heldMessage } from '../quarantine/samples.ts';
import { messageId, noticeSettings, shippedLanguages } from './samples.ts';

// Run as a child: tells of one held message and kills itself at the given point.
const [stateDir = '', port = '', fatalPoint = ''] = process.argv.slice(2);
const die = (point: string) => {
  if (point === fatalPoint) process.kill(process.pid, 'SIGKILL');
};
const route = {
  nextHops: [{ host: '127.0.0.1', port: Number(port) }],
  hostname: 'mx.test',
  protocol: 'smtp',
  tls: { kind: 'none' },
  clientIdentity: 'none',
} as const;
const held = heldMessage({ id: messageId });
const desk = await openNoticeDesk({
  settings: noticeSettings(stateDir),
  languages: await shippedLanguages(),
  quarantine: { find: () => Promise.resolve(held) },
  expiryAction: 'release-tagged',
  deliver: async (envelope, content) => {
    die('before delivery');
    const reply = await deliverOnce(route, envelope, content);
    die('after delivery');
    return reply;
  },
  onOutcome: () => die('after it was written down'),
  now: () => new Date(),
});
desk.tellOfHeld(held);
die('after it was held');
await desk.send('all', new AbortController().signal);

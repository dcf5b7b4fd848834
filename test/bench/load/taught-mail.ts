import { signedMail, type BenchMail } from './signed-mail.ts';

const days = 20;
const perDay = 40;
const dayMs = 86_400_000;

/** What a sender wrote before `now`, as an mbox file: days that have matured by then, some messages with an invoice. Pure. */
export function taughtMail(domain: string, now: Date): string {
  const parts: string[] = [];
  for (let index = 0; index < days * perDay; index++) {
    const day = days + 3 - Math.floor(index / perDay);
    const at = new Date(now.getTime() - day * dayMs + (index % perDay) * 1_800_000);
    const mail: BenchMail = {
      ...{ domain, textBytes: 5000 },
      attachmentBytes: index % 10 === 9 ? 10_000 : 0,
    };
    const message = signedMail(mail, 10_000_000 + index, at).replaceAll('\r\n', '\n');
    const date = at.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, '$1 $3 $2 $5 $4');
    const received = `Received: from mail.${domain} (mail [127.0.0.1]) by mx.example.test; ${at.toUTCString().replace('GMT', '+0000')}`;
    parts.push(`From bounce@${domain} ${date}\n${received}\n${message}\n`);
  }
  return parts.join('');
}

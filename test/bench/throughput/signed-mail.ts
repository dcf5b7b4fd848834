import { createHash } from 'node:crypto';
import { signVerbatim } from '../../support/dkim-keys.ts';

/** What the made mail of one sender has in common. */
export type BenchSender = {
  readonly domain: string;
  /** Length of a message on the wire, nearly. */
  readonly sizeBytes: number;
};

const row = (at: string) =>
  `<tr><td class="item"><p>Your parcel number ${at} was handed over to the carrier and is on its way. <a href="https://www.DOMAIN/track/${at}">Follow it here</a>.</p></td></tr>`;

/** An honest notification of that size, signed by its domain; another text and Message-ID for each number. Pure. */
export function signedMail({ domain, sizeBytes }: BenchSender, number: number, at: Date): string {
  const id = createHash('sha256').update(`${domain} ${number}`).digest('hex').slice(0, 16);
  const head = [
    `From: Bench Shop <notify@${domain}>`,
    `To: user${number % 200}@example.test`,
    `Subject: Your order ${100_000 + number} has been shipped`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${domain}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
  ].join('\r\n');
  const item = row(`${number}`).replace('DOMAIN', domain);
  const count = Math.max(1, Math.floor((sizeBytes - head.length - 500) / (item.length + 2)));
  const body = `<html><body><table>\r\n${`${item}\r\n`.repeat(count)}</table></body></html>\r\n`;
  return signVerbatim(`${head}\r\n\r\n${body}`, {
    domain,
    selector: 'rsa',
    headerList: 'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type',
  });
}

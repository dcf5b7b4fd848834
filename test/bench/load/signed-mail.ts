import { createHash } from 'node:crypto';
import { signVerbatim } from '../../support/dkim-keys.ts';

/** What the made mail of one sender has in common. */
export type BenchMail = {
  readonly domain: string;
  /** Length of the text on the wire, nearly. */
  readonly textBytes: number;
  /** A PDF of that length beside it; 0 for none. */
  readonly attachmentBytes: number;
};

/** The largest text that a vendor writes; what is longer is long because of what it carries. */
const longestTextBytes = 50_000;

/** A message of that many bytes on the wire, nearly: text alone, or text with an attachment in base64. Pure. */
export function mailOfSize(domain: string, sizeBytes: number): BenchMail {
  if (sizeBytes <= longestTextBytes) return { domain, textBytes: sizeBytes, attachmentBytes: 0 };
  const textBytes = 5000;
  const attachmentBytes = Math.floor(((sizeBytes - textBytes - 500) / 78) * 57);
  return { domain, textBytes, attachmentBytes };
}

const row = (at: string) =>
  `<tr><td class="item"><p>Your parcel number ${at} was handed over to the carrier and is on its way. <a href="https://www.DOMAIN/track/${at}">Follow it here</a>.</p></td></tr>`;

/** An honest notification, signed by its domain; another text and Message-ID for each number. Pure. */
export function signedMail(mail: BenchMail, number: number, at: Date): string {
  const { domain, textBytes, attachmentBytes } = mail;
  const id = createHash('sha256').update(`${domain} ${number}`).digest('hex').slice(0, 16);
  const head = [
    `From: Bench Shop <notify@${domain}>`,
    `To: user${number % 200}@example.test`,
    `Subject: Your order ${100_000 + number} has been shipped`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${domain}>`,
    'MIME-Version: 1.0',
  ].join('\r\n');
  const item = row(`${number}`).replace('DOMAIN', domain);
  const count = Math.max(1, Math.floor((textBytes - head.length - 500) / (item.length + 2)));
  const html = `<html><body><table>\r\n${`${item}\r\n`.repeat(count)}</table></body></html>\r\n`;
  const typed = `Content-Type: text/html; charset=utf-8\r\n\r\n${html}`;
  const content = attachmentBytes === 0 ? typed : withPdf(typed, number, attachmentBytes);
  return signVerbatim(`${head}\r\n${content}`, {
    domain,
    selector: 'rsa',
    headerList: 'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type',
  });
}

function withPdf(part: string, number: number, bytes: number): string {
  const lines = pdf(number, bytes)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\r\n');
  return [
    'Content-Type: multipart/mixed; boundary="bench-part"',
    '',
    '--bench-part',
    `${part}--bench-part`,
    `Content-Type: application/pdf; name="invoice-${number}.pdf"`,
    `Content-Disposition: attachment; filename="invoice-${number}.pdf"`,
    'Content-Transfer-Encoding: base64',
    '',
    `${lines}--bench-part--`,
    '',
  ].join('\r\n');
}

/** One page of text and a picture that fills it up to that length (ISO 32000-1 §7.5; readers mend the missing table). */
function pdf(number: number, bytes: number): Buffer {
  const shown = `BT /F1 12 Tf 20 700 Td (Invoice ${number} of Bench Shop) Tj ET`;
  const before = [
    '%PDF-1.4',
    '1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj',
    '2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj',
    '3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >> endobj',
    `4 0 obj << /Length ${shown.length} >> stream`,
    shown,
    'endstream endobj',
    '5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj',
  ].join('\n');
  const filling = Buffer.alloc(Math.max(0, bytes - before.length - 200), `${number} picture `);
  const stream = `\n6 0 obj << /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length ${filling.length} >> stream\n`;
  const after = '\nendstream endobj\ntrailer << /Root 1 0 R /Size 7 >>\n%%EOF\n';
  return Buffer.concat([Buffer.from(before + stream), filling, Buffer.from(after)]);
}

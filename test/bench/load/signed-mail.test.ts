import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import { mailOfSize, signedMail } from './signed-mail.ts';

const at = new Date('2026-03-01T10:00:00Z');

for (const sizeBytes of [5000, 50_000, 2_000_000])
  void test(`a message of ${sizeBytes} bytes is about that long, and no two are alike`, () => {
    const mail = mailOfSize('vendor.test', sizeBytes);
    const message = signedMail(mail, 1, at);
    ok(Math.abs(message.length / sizeBytes - 1) < 0.1, `${message.length}`);
    ok(message !== signedMail(mail, 2, at));
  });

void test('a long message is long by a PDF of that length', async () => {
  const mail = mailOfSize('vendor.test', 200_000);
  const { attachments, html } = await simpleParser(signedMail(mail, 7, at));
  const [pdf] = attachments;
  equal(attachments.length, 1);
  equal(pdf?.contentType, 'application/pdf');
  ok(pdf.content.toString('latin1').startsWith('%PDF-1.4'));
  ok(Math.abs(pdf.size - mail.attachmentBytes) < 200);
  ok(html !== false && html.includes('parcel'));
});

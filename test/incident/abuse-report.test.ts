import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import { abuseReport, type AbuseReportInput } from '../../src/incident/abuse-report.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { body, heldMessage } from '../quarantine/samples.ts';

function report(changes: Partial<AbuseReportInput> = {}) {
  return abuseReport({
    held: heldMessage({ reason: 'phone in the subject – “call us”' }),
    content: memoryContent(body),
    from: 'abuse@example.test',
    to: 'phishing@vendor.test',
    userAgent: 'Aliaswatch/0.1.0',
    hostname: 'mx.example.test',
    incidents: 7,
    domains: ['lure.example'],
    at: new Date('2026-03-05T06:07:08.000Z'),
    boundary: 'b'.repeat(48),
    ...changes,
  });
}

test('another parser reads a feedback report with the message as it was received', async () => {
  const content = report();
  const bytes = await buffer(content.stream());
  assert.equal(bytes.length, content.sizeBytes);
  const mail = await simpleParser(bytes, { keepDeliveryStatus: true });
  assert.equal(mail.from?.text, 'abuse@example.test');
  assert.match(mail.text ?? '', /phone in the subject – “call us”/);
  const type = mail.headers.get('content-type') as { value: string; params: object };
  assert.deepEqual(
    [type.value, type.params],
    ['multipart/report', { 'report-type': 'feedback-report', boundary: 'b'.repeat(48) }],
  );
  const parts = bytes.toString('latin1').split(`--${'b'.repeat(48)}`);
  assert.equal(parts.length, 5);
  const [, , feedback = '', original = ''] = parts;
  const fields = feedback.split('\r\n\r\n')[1]!.split('\r\n');
  assert.deepEqual(fields, [
    'Feedback-Type: fraud',
    'User-Agent: Aliaswatch/0.1.0',
    'Version: 1',
    'Original-Mail-From: <bounce@vendor.test>',
    'Arrival-Date: Thu, 05 Mar 2026 06:07:08 +0000',
    'Reporting-MTA: dns; mx.example.test',
    'Source-IP: 192.0.2.10',
    'Incidents: 7',
    'Reported-Domain: lure.example',
  ]);
  assert.match(feedback, /^\r\nContent-Type: message\/feedback-report\r\n/);
  assert.ok(original.endsWith(`\r\n\r\n${body.toString('latin1')}\r\n`));
  assert.match(original, /^\r\nContent-Type: message\/rfc822\r\n/);
});

test('no recipient is named, and nothing of the message becomes a field', async () => {
  const { envelope } = heldMessage();
  const held = heldMessage({
    from: 'x@vendor.test\r\nBcc: eve@lure.example',
    envelope: { ...envelope, mailFrom: 'a\r\nReported-URI: http://lure.example/@x' },
  });
  const bytes = await buffer(report({ held, domains: ['a.example\r\n\r\nx'] }).stream());
  const text = bytes.toString('latin1');
  assert.ok(!text.includes('ann@example.test'));
  assert.ok(!/^(?:Bcc|Reported-URI):/im.test(text));
  assert.equal((await simpleParser(bytes)).bcc, undefined);
});

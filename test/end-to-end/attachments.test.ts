import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHostPort } from '../../src/config/host-port.ts';
import { qrPng } from '../message/attachments/samples.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { startSite, vendorMail } from './site.ts';

const multipart = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'];

/** Samples of `aliaswatch_attachments_total` that are not 0. */
async function counted(metricsUrl: string): Promise<readonly string[]> {
  const exposed = await (await fetch(metricsUrl)).text();
  return exposed
    .split('\n')
    .filter((line) => /^aliaswatch_attachments_total\S* (?!0$)/.test(line))
    .map((line) => line.replace('aliaswatch_attachments_total', ''))
    .toSorted();
}

test('attachments of watched mail are read on the way, and counted', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const png = (await qrPng('https://elm.example/')).toString('base64').replace(/.{76}/g, '$&\r\n');
  const body = [
    '--b',
    'Content-Type: text/calendar',
    '',
    'BEGIN:VCALENDAR',
    'SUMMARY:Refund',
    'END:VCALENDAR',
    '--b',
    'Content-Type: application/pdf',
    '',
    '%PDF-1.7 and nothing behind it',
    '--b',
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    '',
    png,
    '--b--',
  ].join('\r\n');
  const metrics = `http://${formatHostPort(site.server.http)}/metrics`;
  const message = await vendorMail({ fields: multipart, body });
  // The reader is started with the gateway; on a slow machine the first message may come before it is ready.
  for (let attempt = 0; attempt < 20; attempt++) {
    assert.match((await site.send(message))[0] ?? '', /^250 /);
    if ((await counted(metrics)).some((line) => line.includes('"unreadable"'))) break;
  }
  const outcomes = (await counted(metrics)).map((line) => line.replace(/ \d+$/, ''));
  for (const outcome of [
    '{kind="calendar",outcome="read"}',
    '{kind="image",outcome="read"}',
    '{kind="pdf",outcome="unreadable"}',
  ])
    assert.ok(outcomes.includes(outcome), outcomes.join(' '));
});

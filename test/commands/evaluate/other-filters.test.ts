import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askSpamAssassin } from '../../../src/commands/evaluate/spamassassin.ts';
import { isInstalled } from '../../support/installed.ts';

const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';

function mail(date: string, body: string): Buffer {
  return Buffer.from(
    `From: Shop <shop@example.com>\r\nTo: ana@example.org\r\nSubject: Parcel\r\nDate: ${date}\r\nMessage-ID: <1@example.com>\r\n\r\n${body}\r\n`,
  );
}

test(
  'verdicts come back in the order of the messages, not of their dates',
  { skip: isInstalled('spamassassin') ? false : 'apt-get install spamassassin' },
  async () => {
    const verdicts = await askSpamAssassin([
      mail('Tue, 3 Apr 2007 10:00:00 +0000', 'Your parcel is on its way.'),
      mail('Mon, 2 Apr 2007 10:00:00 +0000', gtube),
      mail('Sun, 1 Apr 2007 10:00:00 +0000', 'Your parcel has arrived.'),
    ]);
    assert.deepEqual(verdicts, [false, true, false]);
  },
);

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCalendar } from '../../../src/message/attachments/calendar.ts';

function read(...lines: readonly string[]) {
  const stream = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'];
  return readCalendar(Buffer.from(stream.join('\r\n')), null);
}

test('an invitation says what its fields say, folded lines joined', () => {
  const text = read(
    'DTSTART:20260101T000000Z',
    'SUMMARY;LANGUAGE=en:Invoice 17\\, paid',
    'DESCRIPTION:Your account was charged.\\n\\nCall +1 808',
    '  470 1234 to ca',
    '\tncel.',
    'ORGANIZER;CN="Billing; Desk":mailto:billing@elm.example',
    'ATTENDEE;CN=Jo;RSVP=TRUE:mailto:jo@site.example',
    'LOCATION;ALTREP="https://map.example/1":Room 4',
    'URL:https://elm.example/pay',
    'X-GOOGLE-CONFERENCE:https://meet.example/abc',
  );
  assert.deepEqual(text, {
    kind: 'calendar',
    blocks: [
      'Invoice 17, paid',
      'Your account was charged.',
      'Call +1 808 470 1234 to cancel.',
      'Billing; Desk',
      'Jo',
      'Room 4',
    ],
    links: ['https://map.example/1', 'https://elm.example/pay', 'https://meet.example/abc'],
  });
});

test('HTML in a description is outlined, not shown', () => {
  const html =
    'X-ALT-DESC;FMTTYPE=text/html:<p>Pay <b>now</b></p><a href="https://elm.example/p">here</a>';
  assert.deepEqual(read(html), {
    kind: 'calendar',
    blocks: ['Pay now', 'here'],
    links: ['https://elm.example/p'],
  });
});

test('what is no web address is text to act on; a file inside is neither', () => {
  const text = read('URL:tel:+18084701234', 'ATTACH;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=');
  assert.deepEqual([text?.blocks, text?.links], [['tel:+18084701234'], []]);
});

test('lines are unfolded before they are decoded', () => {
  const [before, after] = [Buffer.from('SUMMARY:caf'), Buffer.from('é')];
  const folded = Buffer.concat([
    before,
    after.subarray(0, 1),
    Buffer.from('\r\n '),
    after.subarray(1),
  ]);
  assert.deepEqual(readCalendar(folded, 'utf-8')?.blocks, ['café']);
});

test('the character set that the part names is used, an unknown one is UTF-8', () => {
  const latin = Buffer.from('SUMMARY:caf\xe9', 'latin1');
  assert.deepEqual(readCalendar(latin, 'iso-8859-1')?.blocks, ['café']);
  assert.deepEqual(readCalendar(Buffer.from('SUMMARY:café'), 'x-none')?.blocks, ['café']);
});

test('a quote that is never closed hides nothing', () => {
  assert.deepEqual(read('SUMMARY;X="open:call us')?.blocks, ['call us']);
});

test('time zones say nothing, and a calendar that says nothing is absent', () => {
  assert.equal(read('BEGIN:VTIMEZONE', 'COMMENT:standard time', 'END:VTIMEZONE'), null);
  assert.equal(readCalendar(Buffer.alloc(0), null), null);
});

test('hostile calendars stay bounded', () => {
  const events = Array.from({ length: 5000 }, (_, index) => [
    'BEGIN:VEVENT',
    `SUMMARY:event ${index}`,
    'END:VEVENT',
  ]).flat();
  assert.ok(read(...events)!.blocks.length <= 50);
  const attendees = Array.from({ length: 5000 }, (_, index) => `ATTENDEE;CN=n${index}:mailto:x@y`);
  assert.ok(read(...attendees)!.blocks.length <= 50);
  assert.ok(read(`DESCRIPTION:${'x'.repeat(5_000_000)}`)!.blocks.join('').length <= 100_000);
  assert.equal(read(Array<string>(400_000).fill('DESCRIPTION;X="').join('\r\n')), null);
  assert.deepEqual(read(`SUMMARY${';'.repeat(40_000)}:x`)?.blocks, ['x']);
});

test('hostile calendars take little time', () => {
  const lines = [
    '<a'.repeat(25_000),
    '<'.repeat(50_000),
    'A:b\n'.repeat(250_000),
    'X;"=":'.repeat(150_000),
    'SUMMARY:x\n '.repeat(90_000),
    `DESCRIPTION:<p>${'x<br>'.repeat(150_000)}`,
  ];
  for (const line of lines) {
    const before = process.cpuUsage();
    read(...Array<string>(20).fill(`DESCRIPTION:${line}`));
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 1_000_000, `${line.slice(0, 20)}: ${user + system} µs`);
  }
});

test('any bytes are read or not, never more', () => {
  const line = fc.oneof(
    fc.constantFrom('BEGIN:VEVENT', 'SUMMARY:', 'DESCRIPTION;X="', ' ', 'URL:', 'CN=', '\\n', ';:'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(line), fc.uint8Array(), (lines, bytes) => {
      const text = readCalendar(Buffer.concat([Buffer.from(lines.join('\r\n')), bytes]), null);
      assert.ok(text === null || text.blocks.length + text.links.length > 0);
    }),
  );
});

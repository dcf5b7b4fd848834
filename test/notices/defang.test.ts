import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { defang } from '../../src/notices/defang.ts';

describe('what works no more', () => {
  const cases = [
    ['https://evil.example/a?b=c', 'hxxps[:]//evil[.]example/a?b=c'],
    ['see www.evil.example.', 'see www[.]evil[.]example.'],
    ['evil\uFF0Eexample and evil\u3002example', 'evil[.]example and evil[.]example'],
    ['HTTP://EVIL.EXAMPLE', 'HxxP[:]//EVIL[.]EXAMPLE'],
    ['mailto:a@evil.example', 'mailto[:]a@evil[.]example'],
    ['\\\\server\\share', '[\\]server\\share'],
    ['Call 802 538 3069 now', 'Call ••• ••• •••• now'],
    ['+1 (802) 538-3069', '+• (•••) •••-••••'],
    ['8O2-538-3O69', '•••-•••-••••'],
    ['８０２ ５３８ ３０６９', '••• ••• ••••'],
    ['٨٠٢٥٣٨٣٠٦٩', '••••••••••'],
    ['8*0*2*5*3*8*3*0*6*9', '•*•*•*•*•*•*•*•*•*•'],
    ['1-800-REFUNDS', '1-•••-•••••••'],
    ['bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh', 'bc1q…'],
    ['gnp\u202Eexe\u202C a\u200Bb\u00ADc', 'gnpexe abc'],
    ['two\r\nlines\u2028three', 'two lines three'],
  ] as const;
  for (const [text, is] of cases)
    test(JSON.stringify(text), () => {
      assert.equal(defang(text, 100), is);
    });
});

describe('what stays readable', () => {
  for (const text of [
    'Your Bitcoin purchase of USD 498.95 is complete',
    'Re: invoice 4711 of Müller & Söhne',
    'Ooooh, no',
    'счёт за март',
    'مرحبا يا صديقي',
    '請求書のご案内',
    'Reach us at 10:30',
  ])
    test(text, () => {
      assert.equal(defang(text, 100), text);
    });
  test('a long one is cut between characters', () => {
    assert.equal(defang('😀'.repeat(50), 10), `${'😀'.repeat(9)}…`);
  });
});

const separator = fc.constantFrom(
  '',
  ' ',
  '-',
  '.',
  ' (',
  ') ',
  '\u200B',
  '\u00A0',
  ' - ',
  '/',
  '·',
);
const digit = fc.nat({ max: 9 }).map(String);
const phone = fc
  .array(fc.tuple(digit, separator), { minLength: 7, maxLength: 13 })
  .map((pairs) => ({
    shown: pairs.map(([figure, gap]) => figure + gap).join(''),
    digits: pairs.map(([figure]) => figure).join(''),
  }));
const words = fc.constantFrom('call ', 'now: ', 'ref ', 'pay', '<b>', '"', '\u202E', 'é', '');

test('no number of seven digits survives, wherever it stands', () => {
  fc.assert(
    fc.property(words, phone, words, (before, { shown, digits }, after) => {
      const left = defang(before + shown + after, 200).replace(/\P{N}/gu, '');
      assert.ok(left.length < 6, `${digits} became ${left}`);
    }),
    { numRuns: 2000 },
  );
});

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const host = fc.tuple(label, label).map(([name, suffix]) => `${name}.${suffix}`);
const scheme = fc.constantFrom('http://', 'https://', 'HTTPS://', 'ftp://', '//', 'www.', '');

test('no address that a mail program makes a link of survives', () => {
  fc.assert(
    fc.property(words, scheme, host, words, (before, how, name, after) => {
      const shown = defang(`${before} ${how}${name}/x${after}`, 300);
      assert.ok(!shown.includes(name), shown);
      assert.ok(!/[a-z]:\/\//i.test(shown), shown);
      assert.ok(!/http/i.test(shown), shown);
    }),
    { numRuns: 2000 },
  );
});

test('whatever comes in, one visible, bounded line comes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
      const shown = defang(text, 80);
      assert.ok(Array.from(shown).length <= 80);
      assert.ok(!/[\p{C}\u2028\u2029]/u.test(shown));
      assert.ok(!/\S[.]\S/.test(shown.replaceAll('[.]', '').replace(/\d+\.\d{1,2}/g, '')));
    }),
    { numRuns: 2000 },
  );
});

test('a hostile subject costs no time', () => {
  for (const unit of ['|', '1 ', 'a.', 'a1', '.'.repeat(3), '\u0301', '\u202E', ':', '8-'])
    for (const text of [unit.repeat(100_000), `${unit.repeat(900)}!`]) {
      const startedMs = performance.now();
      defang(text, 160);
      assert.ok(performance.now() - startedMs < 200, JSON.stringify(unit));
    }
});

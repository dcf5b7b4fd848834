import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loadRules } from '../../src/config/load-rules.ts';
import { languagesOf } from '../../src/features/language.ts';
import { lureHits } from '../../src/features/lure-words.ts';
import { foldText, wordsOf } from '../../src/message/fold.ts';
import { languageSentences } from './language-sentences.ts';

const loading = await loadRules('rules');
assert.ok(loading.ok, 'the shipped rules load');
const { lists } = loading.rules;

const languagesIn = (text: string) => languagesOf(wordsOf(foldText(text), 2000), lists);

/** Lure bits of a text, every phrase once, and the phrases for the report of a failure. */
function lureBits(text: string, languages: readonly string[]): { bits: number; found: string } {
  const { hits } = lureHits(foldText(text), lists, languages);
  const distinct = new Map(hits.map(({ word, weightBits }) => [word, weightBits]));
  const bits = [...distinct.values()].reduce((sum, weight) => sum + weight, 0);
  return { bits, found: [...distinct].map(([word, weight]) => `${word}:${weight}`).join(' ') };
}

for (const [language, { ordinary, lures }] of Object.entries(languageSentences)) {
  describe(`language ${language}`, () => {
    test('text of some length is recognised, and as nothing but this and its closest relative', () => {
      const found = languagesIn(ordinary.join('\n'));
      assert.equal(found[0], language);
      assert.ok(found.length <= 2, found.join());
    });

    for (const text of lures) {
      test(`a lure: ${text}`, () => {
        assert.ok(languagesIn(text).includes(language), languagesIn(text).join());
        const { bits, found } = lureBits(text, languagesIn(text));
        assert.ok(bits >= 8, `${bits}: ${found}`);
      });
    }

    for (const text of ordinary) {
      test(`an ordinary notification: ${text}`, () => {
        const { bits, found } = lureBits(text, [language]);
        assert.ok(bits < 5, `${bits}: ${found}`);
      });
    }
  });
}

describe('languagesOf', () => {
  test('a text in two languages is written in both', () => {
    const both = [...(languageSentences['en']?.ordinary ?? [])];
    const text = [...both, ...(languageSentences['fr']?.ordinary ?? [])].join('\n');
    assert.deepEqual([...languagesIn(text)].sort(), ['en', 'fr']);
  });

  test('numbers, codes and names are in no language', () => {
    for (const text of ['', '482913 17:42 +1 802 538 3069', 'Contoso Fabrikam 4F1C-AA'])
      assert.deepEqual(languagesIn(text), []);
  });

  test('an article that is elided tells the language', () => {
    assert.equal(languagesIn("l'utilisateur a supprimé l'application d'hier")[0], 'fr');
  });

  test('whatever the words are: known languages, each once, the same for the same text', () => {
    const vocabulary = Object.values(languageSentences).flatMap(({ ordinary, lures }) =>
      [...ordinary, ...lures].flatMap((text) => wordsOf(foldText(text), 100)),
    );
    const word = fc.oneof(fc.constantFrom(...vocabulary), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 1000 }), (words) => {
        const found = languagesOf(words, lists);
        assert.deepEqual(found, languagesOf(words, lists));
        assert.equal(new Set(found).size, found.length);
        assert.ok(found.every((language) => lists.commonWords.has(language)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('lureHits', () => {
  const collisions = [
    ['en', 'Thanks a lot, Don: the direct train leaves at ten'], // French lot and don, Dutch direct
    ['fr', 'Un bel endroit pour la prime enfance'], // Dutch bel (call)
    ['de', 'Der Zug hält an der Mora, Fermo und Slot'], // Italian mora, slot
    ['en', 'The old casa at the lago is subito and stationed'], // Italian subito
    ['en', 'A wage of sin, a multa of nothing'], // Spanish, Portuguese and Italian multa
  ] as const;
  for (const [language, text] of collisions) {
    test(`a word of another language only looks like a lure: ${text}`, () => {
      const own = lureBits(text, [language]);
      const ungated = lureBits(text, [...lists.commonWords.keys()]);
      assert.ok(own.bits <= 2, `${own.bits}: ${own.found}`);
      assert.ok(ungated.bits > own.bits, 'another language would find a lure here');
    });
  }

  test('English and names count in every text', () => {
    const text = 'Ihre Bestellung: your PayPal account was suspended';
    assert.equal(lureBits(text, ['de']).bits, lureBits(text, ['de', 'en']).bits);
    assert.ok(lureBits(text, []).bits >= 7);
  });

  test('the longest phrase at a place counts, once, and uses its words up', () => {
    const { tokens, hits } = lureHits('connect your wallet now', lists, []);
    assert.equal(tokens, 4);
    assert.deepEqual(hits, [{ position: 0, word: 'connect your wallet', weightBits: 6 }]);
  });

  test('an everyday phrase uses up a heavier word', () => {
    assert.ok(lureBits('call for papers', []).bits < lureBits('call', []).bits);
  });

  test('accents, case, look-alikes and elided articles make no difference', () => {
    const plain = lureBits("Confirmez votre identité, compte suspendu, perte de l'accès", ['fr']);
    const written = lureBits('CONFIRMEZ votre identite, compte suspendu, perte de acces', ['fr']);
    assert.equal(plain.found, written.found);
    assert.ok(lureBits('CanceI the PayPaI refund', []).bits >= 8);
  });

  test('whatever the text is: positions inside it in order, phrases of one to three words, 1 to 6 bits', () => {
    const phrases = [...lists.lureWords.values()].flatMap((table) => [...table.keys()]);
    const piece = fc.oneof(fc.constantFrom(...phrases), fc.string({ maxLength: 20 }));
    const languages = fc.subarray([...lists.commonWords.keys(), 'xx']);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), languages, (pieces, spoken) => {
        const { tokens, hits } = lureHits(foldText(pieces.join(' ')), lists, spoken);
        let end = 0;
        for (const { position, word, weightBits } of hits) {
          const length = word.split(' ').length;
          assert.ok(position >= end && length >= 1 && length <= 3);
          assert.ok(weightBits >= 1 && weightBits <= 6);
          end = position + length;
        }
        assert.ok(end <= tokens);
      }),
      { numRuns: 300 },
    );
  });

  test('a text without end costs no more than its first words', () => {
    const { tokens, hits } = lureHits('verify your account now '.repeat(100_000), lists, []);
    assert.ok(tokens <= 2000 && hits.length <= tokens);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { lureHits } from '../../src/features/lure-words.ts';
import { viewMessage } from '../../src/features/message-view.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import { mailBytes, transactionOf, type MailText } from '../support/messages.ts';
import { languageSentences } from './language-sentences.ts';

const loading = await loadRules('rules');
assert.ok(loading.ok, 'the shipped rules load');
const { lists } = loading.rules;

async function viewOf(mail: MailText) {
  const fields = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8'];
  const data = mailBytes({ fields, ...mail });
  const header = readHeader(data);
  return viewMessage({
    transaction: transactionOf(data),
    message: await parseMessage(data, header),
    authentication: assumeAuthenticated(header),
    lists,
    pseudonym: createPseudonym(Buffer.alloc(32)),
    address: 'no-reply@vendor.example',
  });
}

const ordinary = (language: string) => languageSentences[language]?.ordinary.join('\r\n') ?? '';

describe('the languages of a message', () => {
  test('a subject of few words takes them from the body', async () => {
    const { languages } = await viewOf({ subject: 'Konto gesperrt', body: ordinary('de') });
    assert.deepEqual(languages, ['de']);
  });

  test('a German lure in the subject of an English template is heard', async () => {
    const subject = '=?utf-8?Q?Ihr_Konto_wurde_gesperrt,_rufen_Sie_uns_umgehend_an?=';
    const view = await viewOf({ subject, body: ordinary('en').repeat(5) });
    assert.deepEqual([...view.languages].sort(), ['de', 'en']);
    const { hits } = lureHits(view.foldedSubject, lists, view.languages);
    const bits = hits.reduce((sum, { weightBits }) => sum + weightBits, 0);
    assert.ok(bits >= 8, `${bits}`);
  });

  test('an English message with names of other countries is English', async () => {
    const subject = 'Meeting with Die Linke, Bel Canto and Don Quijote';
    const { languages } = await viewOf({ subject, body: ordinary('en') });
    assert.deepEqual(languages, ['en']);
  });

  test('a code and nothing else is in no language', async () => {
    const { languages } = await viewOf({ subject: '482913', body: '482913' });
    assert.deepEqual(languages, []);
  });

  test('a long foreign paragraph does not take the few words of a template away', async () => {
    const template = 'Your weather for today. Please visit our site, and change where you live.';
    const { bodyLanguages } = await viewOf({ body: `${template}\r\n${ordinary('de').repeat(3)}` });
    assert.deepEqual(bodyLanguages, ['de', 'en']);
    const alone = await viewOf({ body: ordinary('de').repeat(3) });
    assert.deepEqual(alone.bodyLanguages, ['de']);
  });

  test('what is typed into the subject does not change the language of the body', async () => {
    const subject = '=?utf-8?Q?Ihr_Konto_wurde_gesperrt,_rufen_Sie_uns_umgehend_an?=';
    const { bodyLanguages } = await viewOf({ subject, body: ordinary('en') });
    assert.deepEqual(bodyLanguages, ['en']);
    const silent = await viewOf({ subject, body: '482913' });
    assert.deepEqual(silent.bodyLanguages, []);
  });
});

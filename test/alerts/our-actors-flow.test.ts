import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDesk } from './desk.ts';

/** Score and terms of an invoice through DocuSign whose answers go to somebody new. */
async function scoreOf(writtenBy: string, listed: boolean) {
  await using desk = await openDesk({
    change: (rules) => {
      const ours = [{ address: 'alder foods gmbh', phrase: 'alder foods gmbh' }];
      const ourActors = new Map(listed ? [['docusign', ours]] : []);
      return { ...rules, lists: { ...rules.lists, ourActors } };
    },
  });
  const alias = desk.rules.aliases.find(({ id }) => id === 'docusign');
  assert.ok(alias);
  await desk.send({
    alias,
    subject: `${writtenBy} sent you an invoice`,
    fields: ['Reply-To: jo@thorn.example'],
  });
  const line = desk.logLines().findLast(({ msg }) => msg === 'transaction');
  const terms = (line?.['terms'] ?? {}) as Readonly<Record<string, number>>;
  return { bits: Number(line?.['scoreBits']), foreign: terms['foreign-actor'] ?? 0 };
}

test('what nobody of ours wrote scores higher, where ours are listed, and says why', async () => {
  const foreign = await scoreOf('Thorn Ltd', true);
  const ours = await scoreOf('Alder Foods GmbH', true);
  const unasked = await scoreOf('Thorn Ltd', false);
  assert.ok(
    foreign.bits > unasked.bits && unasked.bits > ours.bits,
    JSON.stringify({ foreign, ours, unasked }),
  );
  assert.ok(foreign.foreign > 0);
  assert.deepEqual([ours.foreign, unasked.foreign], [0, 0]);
});

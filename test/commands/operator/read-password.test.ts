import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { readPassword } from '../../../src/commands/operator/read-password.ts';

/** A terminal at which somebody types, an answer to each question. */
async function typed(...answers: readonly string[]) {
  const left = [...answers];
  let shown = '';
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const terminal = (onText: () => void) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        shown += String(chunk);
        onText();
        done();
      },
    });
  const answer = () => {
    if (/: $/.test(shown)) setImmediate(() => stdin.write(left.shift() ?? ''));
  };
  const password = await readPassword({
    stdin,
    stdout: terminal(() => undefined),
    stderr: terminal(answer),
    environment: {},
    signal: new AbortController().signal,
    exit: () => undefined,
    endWithin: () => undefined,
  }).catch((error: unknown) => error as { message: string; exitCode: number });
  return { password, shown };
}

const chosen = 'correct horse battery';

test('a password is typed twice, unseen', async () => {
  const { password, shown } = await typed(`${chosen}\r`, `${chosen}\r`);
  assert.equal(password, chosen);
  assert.equal(shown, 'Password: \nOnce more: \n');
});

const refused = [
  { name: 'not the same twice', keys: [`${chosen}\r`, `${chosen}!\r`], exitCode: 2, says: /same/ },
  { name: 'too short', keys: ['short\r', 'short\r'], exitCode: 2, says: /12 characters/ },
  { name: 'Ctrl-C', keys: ['corr\x03'], exitCode: 130, says: /^no password was given$/ },
  { name: 'Ctrl-D', keys: [`${chosen}\r`, '\x04'], exitCode: 130, says: /^no password was given$/ },
];
for (const { name, keys, exitCode, says } of refused)
  test(`refused: ${name}`, async () => {
    const { password } = await typed(...keys);
    assert.ok(typeof password === 'object');
    assert.match(password.message, says);
    assert.equal(password.exitCode, exitCode);
  });

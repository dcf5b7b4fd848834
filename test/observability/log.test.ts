import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, journalLines } from '../../src/observability/log.ts';

function journal() {
  const written: string[] = [];
  const log = createLog('trace', journalLines({ write: (line) => void written.push(line) }));
  return { log, written };
}

test('for journald each line begins with its syslog priority, and is JSON after it', () => {
  const { log, written } = journal();
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
    log[level]('first line\nsecond line');
  assert.deepEqual(
    written.map((line) => /^<(\d)>(\{.*\})\n$/.exec(line)?.[1]),
    ['7', '7', '6', '4', '3', '2'],
    'one line each',
  );
  for (const line of written) JSON.parse(line.slice(3));
});

test('what is secret by its name is in no line, at any level', () => {
  const { log, written } = journal();
  const secret = 'call 802 555 0100';
  log.error({ subject: secret, body: secret, password: secret, of: { text: secret } }, 'x');
  log.error(Object.assign(new Error('a fault'), { body: secret }));
  const location = new Error('cannot reach redis://user:topsecret@store.test:6379/0');
  log.warn({ error: location }, 'x');
  assert.doesNotMatch(written.join(''), /802 555 0100|topsecret/);
  assert.match(written[1] ?? '', /a fault/);
  assert.match(written[2] ?? '', /redis:\/\/\*\*\*@store\.test/);
});

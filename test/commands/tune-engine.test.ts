import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { engineFlags } from '../../src/commands/serve/tune-engine.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

test('the V8 of this Node knows every flag', async () => {
  const { stdout } = await run(process.execPath, ['--v8-options']);
  for (const flag of engineFlags) {
    const name = flag.replace(/=.*$/, '');
    assert.match(stdout, new RegExp(`^ +${name} \\(`, 'm'));
  }
});

test('what is first called after it is compiled at once', async () => {
  const program = `
    import { tuneEngine } from ${JSON.stringify(join(root, 'src/commands/serve/tune-engine.ts'))};
    const interpreted = new Function('return 1;');
    interpreted();
    tuneEngine();
    const compiled = new Function('return 2;');
    compiled();
    console.log(%ActiveTierIsSparkplug(interpreted), %ActiveTierIsSparkplug(compiled));
  `;
  const flags = ['--allow-natives-syntax', '--input-type=module', '--eval', program];
  const { stdout, stderr } = await run(process.execPath, flags);
  assert.equal(stdout.trim(), 'false true');
  assert.equal(stderr, '');
});

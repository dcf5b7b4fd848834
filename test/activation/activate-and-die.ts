import { putInForce } from '../../src/activation/change-rules.ts';
import { openRuleSets } from '../../src/activation/open-rule-sets.ts';

/** Changes the rules for ever; somebody kills it. */
const [store = ''] = process.argv.slice(2);
await using sets = await openRuleSets(store, { timeoutMs: 5000 });
for (;;) {
  const state = await sets.inForce();
  const version = `v${String(state.sequence + 1).padStart(11, '0')}`;
  const files = new Map([['policy.yaml', Buffer.alloc(200_000, version)]]);
  await putInForce(sets, state, {
    rules: { version, files },
    stage: state.sequence % 3 === 2 ? { kind: 'shadow' } : null,
    ...{ by: 'test', via: 'cli', reason: '', at: new Date(), forced: false, steps: [] },
  });
  if (state.sequence % 2 === 0) process.stdout.write('changed\n');
}

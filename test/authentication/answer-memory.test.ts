import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createAnswerMemory } from '../../src/authentication/answer-memory.ts';
import { DnsError, type DnsRecord, type Lookup } from '../../src/authentication/resolver.ts';
import { generateRsaKey, rsaKey, signMessage } from '../support/dkim-keys.ts';
import { vendorZone } from '../support/zone.ts';
import { notification, openLab } from './lab.ts';

/** Answers from a table in which a test may put another one; notes what it was asked for. */
function tableOf(answers: Record<string, readonly DnsRecord[] | DnsError>) {
  const asked: string[] = [];
  const lookup: Lookup = (name) => {
    asked.push(name);
    const answer = answers[name] ?? new DnsError('ETIMEOUT', name);
    return answer instanceof DnsError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { answers, asked, lookup };
}

const absent = new DnsError('ENOTFOUND', 'TXT b');
/** Asks for `a`, and for `b` unless `a` says stop. */
const twoQuestions = async (lookup: Lookup): Promise<string> => {
  const [first] = await lookup('a', 'TXT');
  if (first === 'stop') return 'stopped';
  return lookup('b', 'TXT').then(String, (error: unknown) => (error as DnsError).code);
};

describe('what DNS answers led to', () => {
  const setUp = (answers: Record<string, readonly DnsRecord[] | DnsError>) => {
    const memory = createAnswerMemory<string>((records) => !records.includes('secret'));
    const table = tableOf(answers);
    let works = 0;
    return {
      ...table,
      works: () => works,
      recall: (key = 'key') =>
        memory(key, table.lookup, (lookup) => {
          works++;
          return twoQuestions(lookup);
        }),
    };
  };

  test('is worked out once, also where a name is absent', async () => {
    const { recall, works, asked } = setUp({ a: ['x'], b: absent });
    assert.deepEqual([await recall(), await recall()], ['ENOTFOUND', 'ENOTFOUND']);
    assert.equal(works(), 1);
    assert.deepEqual(asked, ['a', 'b', 'a', 'b']);
    assert.equal(await recall('other'), 'ENOTFOUND');
    assert.equal(works(), 2);
  });

  test('is worked out anew for another answer, even one that says the same', async () => {
    const { recall, works, answers } = setUp({ a: ['x'], b: ['y'] });
    assert.equal(await recall(), 'y');
    answers['b'] = ['y'];
    assert.equal(await recall(), 'y');
    assert.equal(works(), 2);
    answers['b'] = absent;
    assert.equal(await recall(), 'ENOTFOUND');
  });

  test('asks for nothing that the work would not ask for', async () => {
    const { recall, asked, answers } = setUp({ a: ['x'], b: ['y'] });
    await recall();
    asked.length = 0;
    answers['a'] = ['stop'];
    assert.equal(await recall(), 'stopped');
    assert.ok(!asked.includes('b'));
  });

  test('is not kept where there was trouble, or what may not be remembered', async () => {
    for (const b of [new DnsError('ESERVFAIL', 'TXT b'), ['secret']]) {
      const { recall, works } = setUp({ a: ['x'], b });
      await recall();
      await recall();
      assert.equal(works(), 2);
    }
  });

  test('is not kept under endless keys', async () => {
    const { recall, works } = setUp({ a: ['stop'] });
    await recall('x'.repeat(10_000));
    await recall('x'.repeat(10_000));
    assert.equal(works(), 2);
  });

  test('is not kept where it follows from endless names', async () => {
    const memory = createAnswerMemory<number>();
    const endless = 'x'.repeat(10_000);
    const { lookup } = tableOf({ [endless]: ['y'] });
    let works = 0;
    const recall = () =>
      memory('key', lookup, async (noting) => {
        works++;
        return (await noting(endless, 'TXT')).length;
      });
    assert.deepEqual([await recall(), await recall()], [1, 1]);
    assert.equal(works, 2);
  });
});

test('what was published lately counts once the answers have expired', async (t) => {
  const zone = { ...vendorZone('vendor.example') };
  await using lab = await openLab(zone, { maxTtlSeconds: 60, negativeTtlSeconds: 60 });
  const message = await signMessage(notification(), { domain: 'vendor.example', selector: 'rsa' });
  const verdicts = async () => {
    const { spf, dkim, dmarc } = await lab.authenticate(message);
    return [spf.result, ...dkim.map(({ result }) => result), dmarc.result, dmarc.policy];
  };
  assert.deepEqual(await verdicts(), ['pass', 'pass', 'pass', 'reject']);
  zone['bounces.vendor.example'] = { TXT: ['v=spf1 -all'] };
  zone['rsa._domainkey.vendor.example'] = { TXT: ['v=DKIM1; p='] };
  zone['_dmarc.vendor.example'] = { TXT: ['v=DMARC1; p=quarantine'] };
  assert.deepEqual(await verdicts(), ['pass', 'pass', 'pass', 'reject']);
  const now = performance.now();
  const after = async (seconds: number) => {
    await setTimeout(5); // the cache looks at the clock once a millisecond
    t.mock.method(performance, 'now', () => now + seconds * 1000);
    return verdicts();
  };
  assert.deepEqual(await after(61), ['fail', 'neutral', 'fail', 'quarantine']);
  zone['rsa._domainkey.vendor.example'] = { TXT: [generateRsaKey(1024).record] };
  assert.deepEqual(await after(122), ['fail', 'fail', 'fail', 'quarantine']);
  zone['rsa._domainkey.vendor.example'] = { TXT: [rsaKey.record] };
  assert.deepEqual(await after(183), ['fail', 'pass', 'pass', 'quarantine']);
});

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createCatalogue } from '../../src/alias/catalogue.ts';
import { formatProblem } from '../../src/config/rule-problem.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { signalIds } from '../../src/features/signals.ts';
import { posteriorMean } from '../../src/score/beta-mixture.ts';
import { copyOfRules, shippedRules } from './rule-directory.ts';

const loading = await loadRules(shippedRules);
if (!loading.ok) throw new Error(loading.problems.map(formatProblem).join('\n'));
const { rules } = loading;

describe('policy', () => {
  test('is the documented default', () => {
    assert.deepEqual(rules.policy, {
      mode: 'tag',
      actions: { suspicious: 'tag', anomalous: 'quarantine' },
      tag: { budget: 1e-3, alertsPerDay: null, scope: null, floorBits: 7.25 },
      quarantine: {
        budget: 1e-4,
        alertsPerDay: null,
        scope: null,
        floorBits: 12,
        minMessages: 200,
        minDays: 7,
        contactPoint: { minMessages: 100, minDays: 14 },
        maxHeldPerHour: 1000,
      },
      limits: { alias: null, actor: null, newActor: null },
      breaker: { enabled: true, systemicBits: 20, quietMinutes: 30 },
      impersonation: { action: 'tag' },
      failOpen: {
        store: 'relay',
        dns: 'relay',
        malformed: 'relay',
        limit: 'relay',
        deadline: 'relay',
        bug: 'relay',
      },
      warning: {
        banner: false,
        subjectTag: '',
        language: 'auto',
        note: '',
      },
      watch: [],
      learning: { windowDays: 180, pooledPriors: true },
      backtest: { perAlias: 500, days: 30 },
      activation: {
        watchFiles: true,
        stage: 'enforce',
        canaryShare: 0.05,
        gate: { maxNewlyHeldShare: 0.002, maxNewlyTaggedShare: 0.01, minVectors: 50 },
      },
      overrides: [],
    });
  });

  test('an empty file means the same', async () => {
    await using directory = await copyOfRules();
    await directory.write('policy.yaml', '{}\n');
    const reloaded = await loadRules(directory.path);
    assert.deepEqual(reloaded.ok && reloaded.rules.policy, rules.policy);
  });
});

describe('causes', () => {
  const chanceOf = (chance: number | readonly number[] | undefined) =>
    Math.max(...[chance ?? 0].flat());

  test('every signal has a prior', () => {
    assert.deepEqual(Object.keys(rules.causes.signals).sort(), [...signalIds].sort());
  });

  test('attack weights are shares', () => {
    const sum = rules.causes.attack.reduce((total, { weight }) => total + weight, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
  });

  for (const cause of rules.causes.benign) {
    test(`${cause.id}: contact points at or below 0.05`, () => {
      assert.ok(chanceOf(cause.chances.phone) <= 0.05);
      assert.ok(chanceOf(cause.chances.wallet) <= 0.05);
    });
  }

  test('steady is first and takes the rest', () => {
    assert.equal(rules.causes.benign[0]?.id, 'steady');
    assert.equal(rules.causes.benign[0].prior, null);
    assert.ok(rules.causes.benign.slice(1).every(({ prior }) => prior !== null));
  });

  test('a new top-level domain speaks for a foreign link as measured: .56 against .14', () => {
    const linkLure = rules.causes.attack.find(({ id }) => id === 'link-lure');
    const benign = posteriorMean(rules.causes.signals['link-tld'].components, 0, 0);
    assert.ok(Math.abs(benign - 0.14) < 0.001);
    assert.ok(
      Math.abs(1 - (1 - chanceOf(linkLure?.chances['link-tld'])) * (1 - benign) - 0.56) < 0.005,
    );
  });
});

describe('lists', () => {
  test('sets have their size', () => {
    const { freeHosting, urlShorteners, freeMail, cheapTopLevelDomains } = rules.lists;
    assert.ok(freeHosting.size >= 80, `free hosting: ${freeHosting.size}`);
    assert.ok(urlShorteners.size >= 60, `shorteners: ${urlShorteners.size}`);
    assert.ok(freeMail.size >= 80, `free mail: ${freeMail.size}`);
    assert.ok(cheapTopLevelDomains.size >= 40, `top-level domains: ${cheapTopLevelDomains.size}`);
  });

  test('lure words are folded as the words of a message are', () => {
    const de = rules.lists.lureWords.get('de');
    assert.equal(rules.lists.lureWords.get('any')?.get('crypto com'), 5); // crypto.com
    assert.equal(de?.get('ruckerstattung'), 4); // Rückerstattung
    assert.equal(de.get('rückerstattung'), undefined);
  });

  const minimum = { en: 120, de: 40, fr: 40, es: 40, pt: 40, it: 40, nl: 40, pl: 40, any: 40 };
  for (const [language, least] of Object.entries(minimum)) {
    test(`${language} has lure words and, if it is a language, common words`, () => {
      const { lureWords, commonWords } = rules.lists;
      assert.ok((lureWords.get(language)?.size ?? 0) >= least);
      assert.equal((commonWords.get(language)?.size ?? 0) >= 120, language !== 'any');
    });
  }
});

describe('catalogue', () => {
  const catalogue = createCatalogue(rules.aliases, rules.policy.watch);

  test('at least 18 vendors and 40 addresses', () => {
    const vendors = new Set(rules.aliases.map(({ vendor }) => vendor));
    const addresses = new Set(rules.aliases.flatMap((alias) => alias.addresses));
    assert.ok(vendors.size >= 18, `${vendors.size} vendors`);
    assert.ok(addresses.size >= 40, `${addresses.size} addresses`);
  });

  const found = [
    ['msonlineservicesteam@microsoftonline.com', 'microsoft-online-services'],
    ['service@paypal.com', 'paypal-service'],
    ['no-reply@accounts.google.com', 'google-accounts'],
    ['dse_na4@docusign.net', 'docusign'],
    ['anybody@na2.docusign.net', 'docusign'],
    ['notification@facebookmail.com', 'facebook-notification'],
    ['other@facebookmail.com', 'facebook'],
    ['noreply@some-project.firebaseapp.com', 'firebase-projects'],
    ['support@tenant.zendesk.com', 'zendesk-tenants'],
  ] as const;
  for (const [address, id] of found)
    test(`${address} is ${id}`, () => assert.equal(catalogue.find(address)?.id, id));

  test('a tenant name may be new, a phone number may not', () => {
    const pack = catalogue.find('msonlineservicesteam@microsoftonline.com')?.pack;
    assert.ok(pack);
    assert.ok(pack.open.includes('display-name'));
    assert.deepEqual(
      ['phone', 'wallet', 'subject-lure'].filter((signal) => !pack.closed.includes(signal)),
      [],
    );
  });

  test('every pack names slots or functions, and the way in where there is one', () => {
    for (const { id, pack } of rules.aliases) {
      assert.ok(pack !== null && (pack.slots.length > 0 || pack.functions.length > 0), id);
    }
    assert.equal(catalogue.find('service@paypal.com')?.pack?.verifyAt, 'https://www.paypal.com/');
  });

  test('a vendor that takes reports says where, for every alias of it', () => {
    assert.equal(catalogue.find('service@paypal.com')?.abuse, 'phishing@paypal.com');
    assert.ok(!('abuse' in (catalogue.find('dse@docusign.net') ?? {})));
    for (const { id, vendor, abuse } of rules.aliases)
      for (const other of rules.aliases)
        if (other.vendor === vendor) assert.equal(other.abuse, abuse, id);
  });
});

describe('files', () => {
  test('every file starts with a comment that says what it is for', async () => {
    const names = (await readdir(shippedRules, { recursive: true })).filter((name) =>
      name.endsWith('.yaml'),
    );
    assert.ok(names.length >= 21);
    for (const name of names)
      assert.match(
        await readFile(join(shippedRules, name), 'utf8'),
        /^# yaml-language-server: .*\n# \S.{20,}/,
        name,
      );
  });

  test('the version is 12 hex digits and follows content and names', async () => {
    assert.match(rules.version, /^[0-9a-f]{12}$/);
    await using directory = await copyOfRules();
    const version = async () => {
      const reloaded = await loadRules(directory.path);
      return reloaded.ok ? reloaded.rules.version : 'broken';
    };
    assert.equal(await version(), rules.version);
    await directory.write(
      'aliases/extra.yaml',
      'vendor: E\naliases: [{id: e, addresses: [e@e.example], dkimDomains: [e.example], confirmed: false, pack: {}}]\n',
    );
    const withExtra = await version();
    assert.match(withExtra, /^[0-9a-f]{12}$/);
    assert.notEqual(withExtra, rules.version);
    await directory.write('policy.yaml', '# another comment\n{}\n');
    assert.notEqual(await version(), withExtra);
  });
});

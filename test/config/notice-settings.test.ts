import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatSettingProblem, loadSettings } from '../../src/config/load-settings.ts';
import { describeSettings } from '../../src/config/settings.ts';

function load(flags: Readonly<Record<string, unknown>>) {
  return loadSettings({ file: null, environment: {}, flags, hostname: 'mx.test' });
}

describe('settings of notices', () => {
  const accepted = [
    {
      flags: { noticeTo: 'ops@example.com, it@example.org' },
      key: 'noticeTo',
      is: ['ops@example.com', 'it@example.org'],
    },
    {
      flags: { noticeFrom: 'Mail desk <desk@example.com>' },
      key: 'noticeFrom',
      is: { name: 'Mail desk', address: 'desk@example.com' },
    },
    {
      flags: { noticeFrom: 'desk@example.com' },
      key: 'noticeFrom',
      is: { name: '', address: 'desk@example.com' },
    },
    {
      flags: { noticeLanguage: 'de,Example.fr=fr' },
      key: 'noticeLanguage',
      is: { everybody: 'de', domains: { 'example.fr': 'fr' } },
    },
    {
      flags: { publicUrl: 'https://mail.example.com/held/' },
      key: 'publicUrl',
      is: 'https://mail.example.com/held',
    },
    {
      flags: { publicUrl: 'http://127.0.0.1:8026' },
      key: 'publicUrl',
      is: 'http://127.0.0.1:8026',
    },
  ] as const;
  for (const { flags, key, is } of accepted) {
    test(`${key}: ${String(Object.values(flags)[0])}`, async () => {
      const loading = await load(flags);
      assert.ok(loading.ok);
      assert.deepEqual(loading.settings[key], is);
      for (const shown of Object.values(describeSettings(loading.settings)))
        assert.notEqual(typeof shown, 'object', 'the log at start shows it as text');
    });
  }

  const refused = [
    { flags: { noticeTo: 'ops' }, says: '--notice-to: `ops` is not a mail address' },
    {
      flags: { noticeTo: 'ops@example.com\r\nBcc: x@y' },
      says: '--notice-to: `ops@example.com  Bcc: x@y` is not a mail address',
    },
    {
      flags: { noticeFrom: 'Desk desk@example' },
      says: '--notice-from: `Desk desk@example` is not `Name <local@domain>`',
    },
    {
      flags: { noticeLanguage: 'german' },
      says: '--notice-language: `german` is neither a language code (`en`) nor DOMAIN=CODE',
    },
    {
      flags: { publicUrl: 'http://mail.example.com' },
      says: '--public-url: `http://mail.example.com` must be https: who reads a link may use it',
    },
    {
      flags: { publicUrl: 'https://a:b@mail.example.com' },
      says: '--public-url: `https://a:b@mail.example.com` has more than scheme, host and path',
    },
    { flags: { publicUrl: 'nowhere' }, says: '--public-url: `nowhere` is not a web address' },
    { flags: { digestHour: '24' }, says: '--digest-hour: `24` is too large: at most 23' },
    {
      flags: { noticeMode: 'imediate' },
      says: '--notice-mode: `imediate` is not known here\n  did you mean `immediate`?',
    },
  ];
  for (const { flags, says } of refused) {
    test(says, async () => {
      const loading = await load(flags);
      assert.deepEqual(loading.ok ? [] : loading.problems.map(formatSettingProblem), [says]);
    });
  }
});

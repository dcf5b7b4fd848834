import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import { refuseMilterSettings } from '../../src/milter-settings.ts';

const listen = { host: '127.0.0.1', port: 8891 };
const nextHop = [{ host: '127.0.0.1', port: 10_025 }];

const cases: readonly { name: string; given: Partial<Settings>; says: RegExp | null }[] = [
  { name: 'a milter alone', given: { milterListen: listen }, says: null },
  { name: 'a front hop alone', given: { nextHop, bareLineEndings: 'normalize' }, says: null },
  { name: 'both', given: { milterListen: listen, nextHop, noticeTo: ['a@b.test'] }, says: null },
  { name: 'neither', given: {}, says: /^there is neither a next hop nor a milter/ },
  {
    name: 'bytes that would have to be changed',
    given: { milterListen: listen, nextHop, bareLineEndings: 'normalize' },
    says: /^bareLineEndings: normalize cannot be had with milterListen/,
  },
  {
    name: 'notices that nobody could send',
    given: { milterListen: listen, noticeTo: ['a@b.test'] },
    says: /^notices are sent by way of the next hop, and there is none/,
  },
  {
    name: 'notices that are off',
    given: { milterListen: listen, noticeTo: ['a@b.test'], noticeMode: 'off' },
    says: null,
  },
];
for (const { name, given, says } of cases)
  test(`settings with ${name}`, () => {
    const settings = { ...completeSettings({}, 'mx.test'), ...given };
    const refuse = () => refuseMilterSettings(settings);
    if (says === null) assert.doesNotThrow(refuse);
    else assert.throws(refuse, { message: says });
  });

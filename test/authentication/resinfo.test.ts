import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatResinfo } from '../../src/authentication/resinfo.ts';
import type { AuthenticationResults, DkimSignature } from '../../src/authentication/results.ts';

const signature: DkimSignature = {
  result: 'pass',
  domain: 'vendor.example',
  selector: 's1',
  aligned: true,
  signedAtSeconds: null,
  expiresAtSeconds: null,
  coversWholeBody: true,
  signedFields: [],
  signatureHash: '',
};

type Part = Omit<AuthenticationResults, 'resinfo'>;
const nothing: Part = {
  spf: { result: 'none', domain: '' },
  dkim: [],
  dmarc: { result: 'none', policy: '', domain: '' },
  arc: { result: 'none' },
};

const cases: readonly { name: string; results: Partial<Part>; starts: string }[] = [
  { name: 'empty values', results: {}, starts: 'spf=none; dkim=none; dmarc=none; arc=none' },
  {
    name: 'several signatures',
    results: { dkim: [signature, { ...signature, result: 'fail', selector: 's2' }] },
    starts:
      'spf=none; dkim=pass header.d=vendor.example header.s=s1; dkim=fail header.d=vendor.example header.s=s2; dmarc',
  },
  {
    name: 'no token: quoted',
    results: { spf: { result: 'none', domain: '[192.0.2.1]' } },
    starts: 'spf=none smtp.mailfrom="[192.0.2.1]"; dkim',
  },
  {
    name: 'nothing breaks out of quotes',
    results: { spf: { result: 'fail', domain: 'a"; dkim=pass header.d=bank.example; x="\\' } },
    starts: 'spf=fail smtp.mailfrom="a\\"; dkim=pass header.d=bank.example; x=\\"\\\\"; dkim=none',
  },
  {
    name: 'line breaks and controls',
    results: { spf: { result: 'fail', domain: 'a\r\nSubject: x\0\x1b' } },
    starts: 'spf=fail smtp.mailfrom="a Subject: x"; dkim',
  },
  {
    name: 'beyond ASCII',
    results: { spf: { result: 'fail', domain: 'bücher' } },
    starts: 'spf=fail smtp.mailfrom="b?cher"; dkim',
  },
  {
    name: 'overlong',
    results: { spf: { result: 'fail', domain: 'x'.repeat(256) } },
    starts: 'spf=fail; dkim',
  },
];

for (const { name, results, starts } of cases) {
  test(`resinfo: ${name}`, () => {
    const resinfo = formatResinfo({ ...nothing, ...results }, 'mailfrom');
    assert.equal(resinfo.slice(0, starts.length), starts);
  });
}

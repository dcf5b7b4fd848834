import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import type { AuthenticationResults } from '../../src/authentication/results.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import { organizationRequestOf } from '../../src/organization/request.ts';
import { headerSightings, linkDomainsOf } from '../../src/organization/sightings.ts';
import { featuresOf, lists, mailBytes, receivedAt, type MailText } from '../support/messages.ts';

function seen(mail: MailText, authentication: Partial<AuthenticationResults> = {}) {
  const header = readHeader(mailBytes(mail));
  return headerSightings(header, { ...assumeAuthenticated(header), ...authentication }, lists);
}

const nothingPasses: Partial<AuthenticationResults> = {
  dkim: [],
  dmarc: { result: 'none', policy: '', domain: '' },
};

describe('what header fields teach', () => {
  test('the organization that writes, and where answers go', () => {
    const mail = { from: 'Ann <ann@mail.firm.example>', fields: ['Reply-To: desk@help.example'] };
    assert.deepEqual(seen(mail), {
      sender: 'firm.example',
      correspondents: ['firm.example', 'help.example'],
    });
  });

  test('at a freemail provider the mailbox, since the provider is everybody', () => {
    assert.deepEqual(seen({ from: 'Ann@gmail.com' }), {
      sender: 'gmail.com',
      correspondents: ['ann@gmail.com'],
    });
  });

  const forged: readonly { readonly name: string; readonly mail: MailText }[] = [
    { name: 'two authors', mail: { from: 'a@firm.example, b@other.example' } },
    { name: 'two From fields', mail: { from: 'a@firm.example', fields: ['From: b@firm.example'] } },
    { name: 'no address', mail: { from: 'Ann' } },
    { name: 'no domain', mail: { from: 'ann@localhost' } },
  ];
  for (const { name, mail } of forged)
    test(`${name}: nothing`, () => assert.equal(seen(mail), null));

  const proofs: readonly {
    readonly name: string;
    readonly results: Partial<AuthenticationResults>;
    readonly teaches: boolean;
  }[] = [
    { name: 'nothing passes', results: nothingPasses, teaches: false },
    {
      name: 'aligned SPF passes',
      results: { ...nothingPasses, spf: { result: 'pass', domain: 'bounces.firm.example' } },
      teaches: true,
    },
    {
      name: "a stranger's SPF passes",
      results: { ...nothingPasses, spf: { result: 'pass', domain: 'other.example' } },
      teaches: false,
    },
    {
      name: 'DMARC fails although SPF is related',
      results: {
        ...nothingPasses,
        spf: { result: 'pass', domain: 'bounces.firm.example' },
        dmarc: { result: 'fail', policy: 'reject', domain: 'firm.example' },
      },
      teaches: false,
    },
    {
      name: 'DNS was in trouble',
      results: { ...nothingPasses, dmarc: { result: 'temperror', policy: '', domain: '' } },
      teaches: false,
    },
  ];
  for (const { name, results, teaches } of proofs)
    test(`${name}: ${teaches ? 'taught' : 'forgers teach nothing'}`, () =>
      assert.equal(seen({ from: 'ann@firm.example' }, results) !== null, teaches));

  test('no more than ten identities, however many a Reply-To names', () => {
    const many = Array.from({ length: 500 }, (_, index) => `a@d${index}.example`).join(', ');
    assert.equal(seen({ fields: [`Reply-To: ${many}`] })?.correspondents.length, 10);
  });
});

test('link domains: of the HTML and of the text, own ones too, at most 60', async () => {
  const domainsOf = async (mail: MailText) => {
    const data = mailBytes(mail);
    return linkDomainsOf(await parseMessage(data, readHeader(data)));
  };
  assert.deepEqual(
    await domainsOf({ body: 'see https://a.vendor.example/x or http://Shop.example.' }),
    ['vendor.example', 'shop.example'],
  );
  assert.deepEqual(
    await domainsOf({
      html: '<a href="https://x.web.app/">a</a><a href="mailto:b@c.example">b</a>',
    }),
    ['x.web.app'],
  );
  const many = Array.from({ length: 300 }, (_, index) => `https://d${index}.example/`).join(' ');
  assert.equal((await domainsOf({ body: many })).length, 60);
});

describe('what is asked about a message', () => {
  const asked = async (mail: MailText) =>
    organizationRequestOf(await featuresOf(mail), { alias: 'vendor', at: receivedAt });

  test('its foreign domains, its Reply-To and mail addresses, and what other aliases may have carried', async () => {
    const request = await asked({
      fields: ['Reply-To: Ann@gmail.com'],
      body: 'Call +1 802 538 3069 or write to desk@help.example, https://lure.web.app/x',
    });
    assert.deepEqual(request.domains.toSorted(), ['help.example', 'lure.web.app']);
    assert.deepEqual(request.correspondents.toSorted(), ['ann@gmail.com', 'help.example']);
    assert.deepEqual(request.fresh.toSorted(), [
      'contact +18025383069',
      'domain help.example',
      'domain lure.web.app',
      'reply-to ann@gmail.com',
    ]);
  });

  test('nothing about mail of the vendor alone', async () => {
    const { domains, correspondents, fresh } = await asked({ body: 'https://vendor.example/' });
    assert.deepEqual([domains, correspondents, fresh], [[], [], []]);
  });
});

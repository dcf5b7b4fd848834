import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alias } from '../../src/alias/alias.ts';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import { listsFrom, listsSchema } from '../../src/config/lists-schema.ts';
import { extractFeatures } from '../../src/features/extract-features.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import type { Lists } from '../../src/features/lists.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import { alias as sampleAlias } from '../decision/samples.ts';
import { lists, mailBytes, transactionOf, type MailText } from '../support/messages.ts';

const docusign: Alias = { ...sampleAlias(null, 'DocuSign'), id: 'docusign-envelopes' };
const desk: Alias = {
  ...sampleAlias(null, 'Zendesk'),
  id: 'zendesk-tenants',
  addresses: ['*@*.zendesk.com'],
  actor: 'tenant',
};

/** As `lists.yaml` would have it. */
function withActors(ourActors: Readonly<Record<string, readonly string[]>>): Lists {
  const none = { freeHosting: [], urlShorteners: [], freeMail: [], cheapTopLevelDomains: [] };
  const file = { ...none, brands: {}, deskWords: [], popularDomainsFile: 'x', ourActors };
  return {
    ...lists,
    ourActors: listsFrom(listsSchema.parse(file), new Map(), new Set()).ourActors,
  };
}

async function levelOf(mail: MailText, given: Lists, alias: Alias): Promise<number | null> {
  const data = mailBytes(mail);
  const header = readHeader(data);
  const { levels } = extractFeatures({
    transaction: transactionOf(data),
    message: await parseMessage(data, header),
    authentication: assumeAuthenticated(header),
    lists: given,
    pseudonym: createPseudonym(Buffer.alloc(32)),
    address: header.from[0]?.address ?? '',
    alias,
  });
  return levels.find(({ signal }) => signal === 'foreign-actor')?.level ?? null;
}

const from = (name: string) => `"${name}" <dse@docusign.net>`;
const ours = withActors({
  docusign: ['Alder Foods GmbH', 'contracts@alder.example', 'birch.example'],
  'zendesk-tenants': ['alderfoods'],
});

test('where none of ours is listed nothing is asked', async () => {
  const mail = { from: from('Alder Foods GmbH via DocuSign') };
  assert.equal(await levelOf(mail, withActors({}), docusign), null);
  assert.equal(await levelOf(mail, withActors({ paypal: ['Alder Foods'] }), docusign), null);
});

const cases: readonly { readonly name: string; readonly mail: MailText; readonly level: number }[] =
  [
    {
      name: 'our name before "via"',
      mail: { from: from('Alder Foods GmbH via DocuSign') },
      level: 0,
    },
    {
      name: 'in other letters',
      mail: { from: from('ALDER  FOODS GmbH (via DocuSign)') },
      level: 0,
    },
    { name: 'in the subject', mail: { subject: 'Alder Foods GmbH sent you a document' }, level: 0 },
    { name: 'in the body', mail: { body: 'Sent by Alder Foods GmbH.' }, level: 0 },
    {
      name: 'our address answers',
      mail: { fields: ['Reply-To: Contracts@Alder.example'] },
      level: 0,
    },
    { name: 'our domain answers', mail: { fields: ['Reply-To: jo@mail.birch.example'] }, level: 0 },
    { name: 'a stranger', mail: { from: from('Thorn Ltd via DocuSign') }, level: 1 },
    { name: 'part of our name', mail: { from: from('Alder Foods via DocuSign') }, level: 1 },
    { name: 'our name inside another word', mail: { subject: 'SAlder Foods GmbHs' }, level: 1 },
    {
      name: 'somebody who answers for us at another address of our domain',
      mail: { fields: ['Reply-To: other@alder.example'] },
      level: 1,
    },
    {
      name: 'a domain that only ends like ours',
      mail: { fields: ['Reply-To: jo@notbirch.example'] },
      level: 1,
    },
    {
      name: "whom the mail is for is nobody's name",
      mail: { body: 'This was sent to contracts@alder.example at birch.example.' },
      level: 1,
    },
  ];
for (const { name, mail, level } of cases) {
  test(`${name}: ${level === 0 ? 'ours' : 'not ours'}`, async () => {
    assert.equal(await levelOf({ from: from('DocuSign'), ...mail }, ours, docusign), level);
  });
}

test("the place in a tenant's address", async () => {
  const tenant = (name: string) => ({ from: `Help <support@${name}.zendesk.com>` });
  assert.equal(await levelOf(tenant('alderfoods'), ours, desk), 0);
  assert.equal(await levelOf(tenant('alderfoods-help'), ours, desk), 1);
});

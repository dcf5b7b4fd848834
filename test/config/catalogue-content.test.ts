import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'tldts';
import type * as z from 'zod';
import type { Alias, Pack } from '../../src/alias/alias.ts';
import { createCatalogue } from '../../src/alias/catalogue.ts';
import { templateFunctionOf } from '../../src/alias/template-function.ts';
import { tenantOf } from '../../src/alias/tenant.ts';
import { aliasesFrom, vendorSchema } from '../../src/config/vendor-schema.ts';
import { readYamlFile } from '../../src/config/yaml-file.ts';
import { shippedRules } from './rule-directory.ts';

const folder = join(shippedRules, 'aliases');
const files: z.output<typeof vendorSchema>[] = [];
for (const name of (await readdir(folder)).sort()) {
  const reading = await readYamlFile(join(folder, name));
  files.push(vendorSchema.parse(reading.ok ? reading.file.value : null));
}
const written = files.flatMap(({ vendor, aliases }) =>
  aliases.map((alias) => ({ vendor, ...alias })),
);
const aliases = files.flatMap(aliasesFrom);
const catalogue = createCatalogue(aliases, []);

/** What somebody who meets an alias for the first time has to be told about it. */
function missingFrom({ id, actor, pack, references }: (typeof written)[number]): readonly string[] {
  const { open, closed } = pack;
  const facts: readonly (readonly [name: string, isThere: boolean])[] = [
    // A tenant's own name is in its address already.
    ['linkDomains', pack.linkDomains.length > 0 || actor === 'tenant'],
    ['bounceDomains', pack.bounceDomains.length > 0],
    ['slots', pack.slots.length > 0],
    ['link (in open or closed)', open.includes('link') || closed.includes('link')],
    ['functions', pack.functions.length > 0],
    // A tenant's way in is the tenant's own.
    ['verifyAt', pack.verifyAt !== '' || actor === 'tenant'],
    ['references', references.length > 0],
  ];
  return facts.filter(([, isThere]) => !isThere).map(([name]) => `${id}: ${name}`);
}

describe('every alias of the catalogue', () => {
  const incomplete = new Map(written.map((alias) => [alias.id, missingFrom(alias)]));

  test('says what to expect of it', () => {
    assert.deepEqual([...incomplete.values()].flat(), []);
  });

  test('complete, with a way in: at least 60 addresses of 40 vendors', () => {
    const complete = written.filter(
      ({ id, pack }) => incomplete.get(id)?.length === 0 && pack.verifyAt !== '',
    );
    const vendors = new Set(complete.map(({ vendor }) => vendor));
    const addresses = complete.flatMap((alias) => alias.addresses);
    assert.ok(vendors.size >= 40, `${vendors.size} vendors`);
    assert.ok(addresses.length >= 60, `${addresses.length} addresses`);
  });

  test('names no link domain under which anybody may have a site', () => {
    const shared = written.flatMap(({ id, pack }) =>
      pack.linkDomains
        .filter((domain) => parse(domain, { allowPrivateDomains: true }).domain === null)
        .map((domain) => `${id}: ${domain}`),
    );
    assert.deepEqual(shared, []);
  });
});

describe('tenant-hosted senders', () => {
  const cases = [
    ['noreply@some-project.firebaseapp.com', 'firebase-projects', 'some-project'],
    ['support@acme.zendesk.com', 'zendesk-tenants', 'acme'],
    ['support@acme.freshdesk.com', 'freshdesk-tenants', 'acme'],
    ['acme@substack.com', 'substack-authors', 'acme'],
    ['no-reply@substack.com', 'substack-service', null],
    ['store+123@t.shopifyemail.com', 'shopify-stores', 'store+123'],
    ['jira@acme.atlassian.net', 'atlassian-sites', 'acme'],
    ['email@00d123.sfcustomeremail.com', 'salesforce-tenants', '00d123'],
    ['team@googlegroups.com', 'google-group-posts', 'team'],
    ['noreply@acme.intercom-mail.com', 'intercom-tenants', 'acme'],
    ['desk@acme.zohodesk.com', 'zoho-desk', 'acme'],
    ['service@paypal.com', 'paypal-service', null],
  ] as const;
  for (const [address, id, tenant] of cases)
    test(`${address}: ${tenant ?? 'no tenant'}`, () => {
      const alias = catalogue.find(address);
      assert.equal(alias?.id, id);
      assert.equal(tenantOf(alias, address), tenant);
    });

  test('leave Reply-To or links open: what a tenant writes is the tenant’s', () => {
    for (const { id, actor, pack } of aliases)
      if (actor === 'tenant')
        assert.ok(pack?.open.includes('display-name') && pack.open.includes('link'), id);
  });
});

describe('functions by subject', () => {
  const cases = [
    ['msonlineservicesteam@microsoftonline.com', 'Contoso account email verification code', 'otp'],
    ['no-reply@accounts.google.com', 'Security alert', 'security'],
    ['no-reply@accounts.google.com', 'Something else', null],
    ['noreply@github.com', '[GitHub] Please verify your device', 'otp'],
    ['noreply@github.com', 'ann invited you to ann/repository', 'share'],
    ['noreply@x.firebaseapp.com', 'Verify your email for Acme', 'security'],
    ['service@paypal.com', 'Invoice from Acme (0042)', 'billing'],
    ['no-reply@slack.com', 'Slack confirmation code: ABC-DEF', 'otp'],
  ] as const;
  for (const [address, subject, expected] of cases)
    test(`${address} "${subject}": ${expected ?? 'unknown'}`, () =>
      assert.equal(templateFunctionOf(catalogue.find(address)!, subject), expected));

  test('every template is found by its own subject', () => {
    const unknown = aliases.flatMap((alias: Alias) =>
      (alias.pack as Pack).templates
        .filter(
          (template) =>
            templateFunctionOf(alias, template.subject.replace(/\{[^}]*\}/g, 'Xyz')) !==
            (alias.pack?.functions.length === 1 ? alias.pack.functions[0] : template.function),
        )
        .map(({ subject }) => `${alias.id}: ${subject}`),
    );
    assert.deepEqual(unknown, []);
  });
});

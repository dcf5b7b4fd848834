import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compiler, examples, isTrue, shipped, type Shown } from './view-samples.ts';

const phone = '+1 (802) 538-3069';
const freeMail = ['Reply-To: Billing <billing@gmail.com>'];
const strangers = { rcptTo: ['jo@site.example'], mail: { fields: [] } };
/** Addressed to somebody else than its recipient. */
const elsewhere = { rcptTo: ['victim@other.example'] };

/** For each shipped condition a message that it is meant for, and an honest one that resembles it. */
const cases: Readonly<Record<string, readonly [meant: Shown, honest: Shown]>> = {
  'entra-tenant-name': [
    { mail: { subject: `Charged $459.90 call ${phone} account email verification code` } },
    { mail: { subject: 'Alder Foods account email verification code' } },
  ],
  'b2b-invitation-callback': [
    { mail: { body: `Your subscription renews. Call ${phone} to cancel.` } },
    { mail: { body: 'Alder Foods invites you. You can cancel the invitation.' } },
  ],
  'microsoft-order-for-others': [
    { ...elsewhere, mail: { body: `Billing: call ${phone}` } },
    { ...strangers, mail: { body: `Billing: call ${phone}` } },
  ],
  'azure-alert-bill': [
    { mail: { subject: 'Azure: Activated Severity: 2 Windows Defender $459.90' } },
    { mail: { subject: 'Azure: Activated Severity: 2 cpu above 90' } },
  ],
  'power-bi-first-callback': [
    { mail: { body: `Invoice overdue. Call ${phone}.` } },
    { mail: { body: 'Jo shared the report Sales with you.' } },
  ],
  'forms-pro-foreign-login': [
    {
      mail: {
        html: '<a href="https://login.microsoftonline.com/common/oauth2/v2.0/authorize">x</a>',
      },
    },
    { mail: { html: '<a href="https://login.microsoftonline.com/help">x</a>' } },
  ],
  'teams-named-as-invoice': [
    { mail: { subject: `You were added to "Call ${phone}"` } },
    { mail: { subject: 'You were added to "Marketing"' } },
  ],
  'paypal-note-callback': [
    { mail: { body: `Note: call ${phone} for a refund of $599.` } },
    { mail: { body: 'You received a refund of $599.' } },
  ],
  'paypal-address-confirmation': [
    { mail: { subject: 'You added a new address', body: 'Your MacBook ships there.' } },
    { mail: { subject: 'You added a new address', body: 'Main street 1' } },
  ],
  'quickbooks-renewal': [
    { mail: { body: `Norton protection $399. Call ${phone}.` } },
    { mail: { body: `Garden work in May. Call ${phone}.` } },
  ],
  'quickbooks-free-mail-reply': [
    { mail: { fields: freeMail }, signals: { 'reply-to': 1 } },
    { mail: { fields: freeMail } },
  ],
  'docusign-department': [
    { mail: { from: 'Payroll via DocuSign <dse@docusign.net>' }, signals: { 'reply-to': 1 } },
    { mail: { from: 'Chris via DocuSign <dse@docusign.net>' }, signals: { 'reply-to': 1 } },
  ],
  'dropbox-scary-share': [
    { mail: { subject: 'Payroll 2026 was shared with you' }, signals: { 'reply-to': 1 } },
    { mail: { subject: 'Holiday photos were shared with you' }, signals: { 'reply-to': 1 } },
  ],
  'drive-share-free-hosting': [
    { mail: { html: '<a href="https://invoice-7.web.app/x">Open</a>' } },
    { mail: { html: '<a href="https://docs.google.com/document/d/1">Open</a>' } },
  ],
  'google-alert-replayed': [
    { ...elsewhere, mailFrom: 'x@relay.example' },
    { ...elsewhere, mailFrom: '3abc@gaia.bounces.google.com' },
  ],
  'app-integration-free-hosting': [
    { mail: { html: '<a href="https://bit.ly/x">Open</a>' } },
    { mail: { html: '<a href="https://console.cloud.google.com/">Open</a>' } },
  ],
  'calendar-callback': [
    {
      mail: { body: 'PayPal charged you.' },
      documents: [{ kind: 'calendar', blocks: [`Call ${phone}`], links: [] }],
    },
    {
      mail: { body: 'PayPal charged you.' },
      documents: [{ kind: 'calendar', blocks: ['Lunch'], links: [] }],
    },
  ],
  'apple-notes-not-invited': [
    { ...elsewhere, mail: { body: `Call ${phone}` } },
    { ...strangers, mail: { body: `Call ${phone}` } },
  ],
  'zoom-free-mail-reply': [
    { mail: { fields: freeMail, body: 'Dear jo@site.example, see the clip.' } },
    { mail: { fields: freeMail, body: 'Dear Jo, see the clip.' } },
  ],
  'form-relay-cheap-domain': [
    { mail: { html: '<a href="https://prize.xyz/">Claim</a>' } },
    { mail: { html: '<a href="https://prize.example/">Claim</a>' } },
  ],
  'help-desk-subject-order': [
    { mail: { subject: 'Order #A77-92B1 confirmed', body: `Call ${phone}` } },
    { mail: { subject: 'Printer is out of paper', body: `Call ${phone}` } },
  ],
  'group-post-callback': [
    { mail: { body: `You were charged. Call ${phone}.` } },
    { mail: { body: `Our meeting moved. Call ${phone}.` } },
  ],
  'qr-code-away': [
    { documents: [{ kind: 'qr-code', blocks: ['https://x.example'], links: [] }] },
    { documents: [{ kind: 'pdf', blocks: ['Contract'], links: [] }] },
  ],
  'svg-attachment': [
    {
      mail: {
        fields: [
          'Content-Type: image/svg+xml; name="Invoice.SVG"',
          'Content-Disposition: attachment; filename="Invoice.SVG"',
        ],
        body: '<svg/>',
      },
    },
    {
      mail: {
        fields: [
          'Content-Type: application/pdf; name="a.pdf"',
          'Content-Disposition: attachment; filename="a.pdf"',
        ],
        body: 'x',
      },
    },
  ],
  'new-actor-storm': [
    {
      bits: 3,
      observed: {
        traffic: {
          actorHourMessages: 2,
          actorHourRecipients: 1,
          actorIsNew: true,
          newActorsThisHour: 40,
        },
      },
    },
    {
      bits: 3,
      observed: {
        traffic: {
          actorHourMessages: 2,
          actorHourRecipients: 1,
          actorIsNew: true,
          newActorsThisHour: 3,
        },
      },
    },
  ],
  'young-alias-callback': [
    { isMature: false, signals: { phone: 1, 'subject-lure': 3 } },
    { isMature: true, signals: { phone: 1, 'subject-lure': 3 } },
  ],
  'our-own-test-tenant': [
    { mail: { subject: 'Example Test Tenant account email verification code' } },
    { mail: { subject: 'Call us. Example Test Tenant ' } },
  ],
};

describe('a shipped condition', () => {
  for (const { id, when } of examples)
    test(`${id} is true of what it is meant for, and not of honest mail`, async () => {
      const found = cases[id];
      assert.ok(found, `a case for ${id}`);
      assert.equal(await isTrue(when, found[0], compiler), true);
      assert.equal(await isTrue(when, found[1], compiler), false);
    });
});

test('there are 25 of them, none is in force, and each names aliases that there are', () => {
  assert.ok(examples.length >= 25);
  assert.deepEqual(shipped.conditions, []);
  const ids = new Set(shipped.aliases.flatMap(({ id, vendor }) => [id, vendor.toLowerCase()]));
  for (const { aliases } of examples)
    assert.deepEqual(
      aliases.filter((alias) => !ids.has(alias)),
      [],
    );
});

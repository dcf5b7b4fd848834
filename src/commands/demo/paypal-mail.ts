import { escapeHtml } from '../escape-html.ts';
import type { Draft } from './draft.ts';
import type { Random } from './random.ts';

/** A seller as PayPal knows them: the name and the note are theirs to type. */
export type Merchant = { readonly name: string; readonly address: string };

type PaymentInput = {
  readonly merchant: Merchant;
  /** Empty: no note. */
  readonly note: string;
  readonly recipientName: string;
  readonly amount: string;
  readonly random: Random;
};

const fromName = 'service@paypal.com';
const number = '+1 (888) 221-1161';

export function invoice({ merchant, note, recipientName, amount, random }: PaymentInput): Draft {
  const id = `${1000 + random.below(9000)}`;
  const link = `https://www.paypal.com/invoice/p/INV2-${random.token(16).toUpperCase()}`;
  const intro = `${merchant.name} sent you an invoice for ${amount}.`;
  const noteText = note === '' ? '' : `Note from the seller:\n${note}\n\n`;
  const noteRow =
    note === ''
      ? ''
      : `<tr><td class="note"><p class="label">Note from the seller:</p><p class="quote">${escapeHtml(note)}</p></td></tr>`;
  return {
    fromName,
    replyTo: null,
    subject: `Invoice from ${merchant.name} (${id})`,
    text: `Hello ${recipientName},\n\n${intro} It is due on receipt.\n\nView and pay the invoice: ${link}\n\n${noteText}Do you not know this seller? Then leave the invoice unpaid; nothing happens to your account.\n\n${footerText}\n`,
    html: page(`
      <tr><td class="hero"><p class="greeting">Hello ${escapeHtml(recipientName)},</p>
        <h2 class="headline">${escapeHtml(intro)}</h2><p class="due">It is due on receipt.</p></td></tr>
      <tr><td class="action"><a class="cta" href="${link}">View and pay the invoice</a></td></tr>
      ${noteRow}
      <tr><td class="safety"><p>Do you not know this seller? Then leave the invoice unpaid; nothing happens to your account.</p></td></tr>`),
  };
}

export function receipt({ merchant, note, recipientName, amount, random }: PaymentInput): Draft {
  const transaction = random.token(17).toUpperCase();
  const link = `https://www.paypal.com/activity/payment/${transaction}`;
  const intro = `You paid ${amount} to ${merchant.name}.`;
  const noteText = note === '' ? '' : `What the seller says:\n${note}\n\n`;
  const noteRow =
    note === ''
      ? ''
      : `<tr><th class="key">What the seller says</th><td class="value">${escapeHtml(note)}</td></tr>`;
  return {
    fromName,
    replyTo: null,
    subject: `Receipt for your payment to ${merchant.name}`,
    text: `Hello ${recipientName},\n\n${intro}\n\nTransaction ${transaction}\nSeller: ${merchant.name}, ${merchant.address}\n\n${noteText}See the details: ${link}\n\nIt may take a moment until this payment shows in your account.\n\n${footerText}\n`,
    html: page(`
      <tr><td class="hero"><p class="greeting">Hello ${escapeHtml(recipientName)},</p><h2 class="headline">${escapeHtml(intro)}</h2></td></tr>
      <tr><td><table class="details">
        <tr><th class="key">Transaction</th><td class="value"><a href="${link}">${transaction}</a></td></tr>
        <tr><th class="key">Seller</th><td class="value">${escapeHtml(merchant.name)}<br>${merchant.address}</td></tr>
        <tr><th class="key">Total</th><td class="value">${amount}</td></tr>
        ${noteRow}
      </table></td></tr>
      <tr><td class="aside"><p>It may take a moment until this payment shows in your account.</p></td></tr>`),
  };
}

/** A notice of the account itself, without anything that a seller typed. */
export function newDevice({ recipientName, random }: PaymentInput): Draft {
  const device = random.pick([
    'an Android phone',
    'an iPhone',
    'Firefox on Windows',
    'Safari on a Mac',
  ]);
  const link = 'https://www.paypal.com/myaccount/security/logins';
  const intro = `Your account was opened on ${device} that we had not seen before.`;
  return {
    fromName,
    replyTo: null,
    subject: 'Login from a new device',
    text: `Hello ${recipientName},\n\n${intro}\n\nIf it was you, there is nothing to do. If not, change your password: ${link}\n\n${footerText}\n`,
    html: page(`
      <tr><td class="hero"><p class="greeting">Hello ${escapeHtml(recipientName)},</p><h2 class="headline">${intro}</h2></td></tr>
      <tr><td class="security"><ul><li>If it was you, there is nothing to do.</li><li>If not, <a href="${link}">change your password</a>.</li></ul></td></tr>`),
  };
}

const footerText = `Help: https://www.paypal.com/help\nOr call us at ${number}, every day from 6 a.m. to 6 p.m. Pacific Time.\nPayPal, Inc., 2211 North First Street, San Jose, CA 95131`;

function page(rows: string): string {
  return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>
<body class="pp">
  <table class="frame" cellpadding="0" cellspacing="0">
    <tr><td class="logo"><img src="https://www.paypalobjects.com/mail/logo.png" alt="PayPal" width="90"></td></tr>
    ${rows}
    <tr><td class="foot"><p><a href="https://www.paypal.com/help">Help</a> | <a href="https://www.paypal.com/security">Security</a></p>
      <p class="fine">Or call us at ${number}, every day from 6 a.m. to 6 p.m. Pacific Time.</p>
      <p class="fine">PayPal, Inc., 2211 North First Street, San Jose, CA 95131</p></td></tr>
  </table>
</body></html>
`;
}

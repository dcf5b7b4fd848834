import { escapeHtml } from '../escape-html.ts';
import type { Draft } from './draft.ts';
import type { Random } from './random.ts';

/** Whoever runs a tenant types its name, and Microsoft prints it in subject, display name and sign-off. */
type EntraInput = {
  readonly tenant: string;
  readonly recipient: string;
  readonly random: Random;
};

/** The code that proves a mail address: most of what this alias sends. */
export function verificationCode({ tenant, recipient, random }: EntraInput): Draft {
  const code = `${100_000 + random.below(900_000)}`;
  const intro = `Somebody, hopefully you, wants to use ${recipient} to sign in. Enter this code to prove that the mailbox is yours.`;
  const advice =
    'The code is good for 30 minutes. If you did not ask for it, somebody may have mistyped an address, and you need do nothing.';
  return {
    fromName: `Microsoft on behalf of ${tenant}`,
    replyTo: null,
    subject: `${tenant} account email verification code`,
    text: `Confirm your email address\n\n${intro}\n\nAccount verification code:\n\n${code}\n\n${advice}\n\nSincerely,\n${tenant}\n\n${footerText}\n`,
    html: page(`
      <h1 class="title">Confirm your email address</h1>
      <p class="lead">${escapeHtml(intro)}</p>
      <p class="caption">Account verification code:</p>
      <div class="code"><span>${code}</span></div>
      <p class="hint">${advice}</p>
      <p class="signoff">Sincerely,<br>${escapeHtml(tenant)}</p>`),
  };
}

/** Tells that a password was changed through self-service. */
export function passwordChanged({ tenant, recipient }: EntraInput): Draft {
  const intro = `The password of your ${tenant} account ${recipient} was changed a few minutes ago.`;
  const advice =
    'If that was you, all is well. If not, tell the administrator of your organization.';
  return {
    fromName: `Microsoft on behalf of ${tenant}`,
    replyTo: null,
    subject: `${tenant} password reset notification`,
    text: `Your password was changed\n\n${intro}\n\n${advice}\n\nYour account page: https://account.activedirectory.windowsazure.com/profile\n\nSincerely,\n${tenant}\n\n${footerText}\n`,
    html: page(`
      <h1 class="title">Your password was changed</h1>
      <p class="lead">${escapeHtml(intro)}</p>
      <p class="hint">${advice}</p>
      <p><a class="button" href="https://account.activedirectory.windowsazure.com/profile">Your account page</a></p>
      <p class="signoff">Sincerely,<br>${escapeHtml(tenant)}</p>`),
  };
}

const footerText =
  'Nobody reads mail that is sent to this address.\nPrivacy: https://go.microsoft.com/fwlink/?LinkId=521839\nMicrosoft Corporation, One Microsoft Way, Redmond, WA 98052';

function page(content: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><style>.title{font-size:22px}.code{font-size:28px}</style></head>
<body class="mail">
  <table class="outer" width="100%"><tr><td align="center">
    <table class="card" width="600">
      <tr><td class="brand"><img src="https://logincdn.msauth.net/shared/logo.png" width="108" alt="Microsoft"></td></tr>
      <tr><td class="content">${content}
      </td></tr>
      <tr><td class="footer">
        <p class="small">Nobody reads mail that is sent to this address.</p>
        <p class="small"><a href="https://go.microsoft.com/fwlink/?LinkId=521839">Privacy</a></p>
        <p class="small">Microsoft Corporation, One Microsoft Way, Redmond, WA 98052</p>
      </td></tr>
    </table>
  </td></tr></table>
</body></html>
`;
}

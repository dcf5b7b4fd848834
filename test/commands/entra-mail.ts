/** Mail of Microsoft's Entra ID as a tenant's users get it: written after its published look, no real mail. */
export const entraAddress = 'msonlineservicesteam@microsoftonline.com';

export const recipients = [
  'ana@example.com',
  'ben@example.com',
  'cleo@example.com',
  'dov@example.com',
  'eva@example.com',
];

export type EntraMail = {
  /** What a tenant called itself: stands in subject, display name and sign-off. */
  readonly tenant: string;
  readonly recipient: string;
  readonly sentAt: Date;
  readonly code: string;
  /** The subject alone may be another tenant's. */
  readonly subjectTenant?: string;
};

export function entraMail({
  tenant,
  recipient,
  sentAt,
  code,
  subjectTenant = tenant,
}: EntraMail): string {
  const boundary = '_000_entra';
  const lead = `Thanks for verifying your ${recipient} account!`;
  const note =
    'This message was sent from an unmonitored email address. Please do not reply to this message.';
  return [
    `From: "Microsoft on behalf of ${tenant}" <${entraAddress}>`,
    `To: ${recipient}`,
    `Subject: ${subjectTenant} account email verification code`,
    `Date: ${sentAt.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${code}.${sentAt.getTime()}@microsoftonline.com>`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    `Verify your email address\r\n\r\n${lead}\r\n\r\nYour code is: ${code}\r\n\r\nSincerely,\r\n${tenant}\r\n\r\n${note}\r\n`,
    `--${boundary}`,
    'Content-Type: text/html; charset=utf-8',
    '',
    `<html><body><table class="main"><tr><td><h1>Verify your email address</h1><p>${lead}</p>`,
    `<p class="code">Your code is: <b>${code}</b></p><p>Sincerely,<br>${tenant}</p>`,
    `<p class="foot">${note}</p><img src="https://logincdn.msauth.net/shared/logo.png" width="108" alt="Microsoft">`,
    '<p><a href="https://go.microsoft.com/fwlink/?LinkId=521839">Privacy Statement</a></p></td></tr></table></body></html>',
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

const places = [
  'Alder',
  'Birch',
  'Cedar',
  'Dogwood',
  'Elm',
  'Fir',
  'Ginkgo',
  'Hazel',
  'Ivy',
  'Juniper',
];
const trades = ['Logistics', 'Foods', 'Dental Group', 'School District', 'Robotics', 'Travel'];

/** Sixty names that honest tenants could have. */
export const tenants = places.flatMap((place) => trades.map((trade) => `${place} ${trade}`));

export type Archived = { readonly mail: string; readonly arrivedAt: Date };

/** Honest mail over 30 days before `end`, evenly spread, tenants and recipients in turn. */
export function entraHistory(messages: number, end: Date): readonly Archived[] {
  const stepMs = (30 * 86_400_000) / messages;
  return Array.from({ length: messages }, (_, index) => {
    const arrivedAt = new Date(end.getTime() - 30 * 86_400_000 + index * stepMs);
    const tenant = tenants[(index * 7) % tenants.length] ?? '';
    const recipient = recipients[index % recipients.length] ?? '';
    return {
      arrivedAt,
      mail: entraMail({
        tenant,
        recipient,
        sentAt: arrivedAt,
        code: String(100_000 + index * 3571),
      }),
    };
  });
}

/** An mbox with LF line endings, as most programs write it (RFC 4155). */
export function mboxOf(archived: readonly Archived[]): string {
  return archived
    .map(
      ({ mail, arrivedAt }) =>
        `From ${entraAddress} ${asctime(arrivedAt)}\n${mail.replaceAll('\r\n', '\n').replace(/^From /gm, '>From ')}\n`,
    )
    .join('');
}

/** `Sun Nov  1 09:30:00 2026`, UTC. */
function asctime(time: Date): string {
  const [, weekday = '', day = '', month = '', year = '', clock = ''] =
    /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(time.toUTCString()) ?? [];
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} ${year}`;
}

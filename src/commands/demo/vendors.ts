import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import DkimSigner from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Person } from './cast.ts';
import type { Draft } from './draft.ts';
import type { Host } from './sending-host.ts';
import type { Zone, ZoneRecords } from './zone.ts';

/** What is public about a sender of the shipped catalogue. */
export type VendorProfile = {
  readonly vendor: string;
  readonly alias: string;
  readonly signingDomain: string;
  readonly selector: string;
  readonly mailFrom: string;
  readonly hosts: readonly Host[];
};

/** A vendor's mail system: composes, and signs with a key whose public half its zone publishes. */
export type Vendor = VendorProfile & {
  readonly zone: Zone;
  readonly compose: (
    draft: Draft,
    envelope: { readonly to: Person; readonly at: Date; readonly id: string },
  ) => Promise<Buffer>;
};

export const profiles = {
  microsoft: {
    vendor: 'Microsoft',
    alias: 'msonlineservicesteam@microsoftonline.com',
    signingDomain: 'microsoftonline.com',
    selector: 'selector1',
    mailFrom: 'msonlineservicesteam@microsoftonline.com',
    hosts: [
      { name: 'mail-am0-f1.outbound.microsoftonline.com', address: '127.10.1.11' },
      { name: 'mail-bn8-f4.outbound.microsoftonline.com', address: '127.10.2.12' },
    ],
  },
  paypal: {
    vendor: 'PayPal',
    alias: 'service@paypal.com',
    signingDomain: 'paypal.com',
    selector: 'pp-dkim1',
    mailFrom: 'service@paypal.com',
    hosts: [
      { name: 'mx1.slc.paypal.com', address: '127.20.1.11' },
      { name: 'mx2.phx.paypal.com', address: '127.20.2.12' },
    ],
  },
  google: {
    vendor: 'Google',
    alias: 'drive-shares-dm-noreply@google.com',
    signingDomain: 'google.com',
    selector: '20230601',
    mailFrom: 'drive-shares@doclist.bounces.google.com',
    hosts: [
      { name: 'mail-qv1-f71.google.com', address: '127.30.1.71' },
      { name: 'mail-yb1-f69.google.com', address: '127.30.2.69' },
    ],
  },
} as const satisfies Readonly<Record<string, VendorProfile>>;

export type VendorName = keyof typeof profiles;

export async function createVendor(profile: VendorProfile): Promise<Vendor> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  });
  const { signingDomain, selector } = profile;
  const signer = new DkimSigner({
    domainName: signingDomain,
    keySelector: selector,
    privateKey,
  });
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return {
    ...profile,
    zone: {
      ...senderZone(profile.mailFrom, profile.hosts),
      [`${selector}._domainkey.${signingDomain}`]: { TXT: [`v=DKIM1; k=rsa; p=${key}`] },
      [`_dmarc.${signingDomain}`]: { TXT: ['v=DMARC1; p=reject'] },
    },
    compose: async (draft, { to, at, id }) => {
      const unsigned = await new MailComposer({
        from: { name: draft.fromName, address: profile.alias },
        ...(draft.replyTo ? { replyTo: draft.replyTo } : {}),
        to: to.address,
        subject: draft.subject,
        messageId: `<${id}@${signingDomain}>`,
        date: at,
        text: draft.text,
        html: draft.html,
        newline: 'windows',
      })
        .compile()
        .build();
      const signed: Buffer[] = [];
      for await (const chunk of signer.sign(unsigned)) signed.push(chunk as Buffer);
      return Buffer.concat(signed);
    },
  };
}

/** SPF for the domain that bounces go to, and names for the addresses that send. */
export function senderZone(mailFrom: string, hosts: readonly Host[]): Zone {
  const domain = mailFrom.slice(mailFrom.lastIndexOf('@') + 1);
  const addresses = hosts.map(({ address }) => `ip4:${address}`).join(' ');
  const names = hosts.flatMap(({ name, address }): [string, ZoneRecords][] => [
    [name, { A: [address] }],
    [`${address.split('.').reverse().join('.')}.in-addr.arpa`, { PTR: [name] }],
  ]);
  return { [domain]: { TXT: [`v=spf1 ${addresses} -all`] }, ...Object.fromEntries(names) };
}

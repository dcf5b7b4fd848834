import * as z from 'zod';
import { mailFunctions, type Alias } from '../alias/alias.ts';
import { boilerplateHashes } from '../features/boilerplate.ts';
import { signalIds } from '../features/signals.ts';
import { signalDescriptions } from './signal-descriptions.ts';
import {
  addressPattern,
  listOf,
  mailbox,
  registrableDomain,
  signerDomain,
  slug,
  title,
} from './name-schemas.ts';

const phone = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, { error: 'is not a telephone number in E.164, e.g. "+14029357733"' })
  .meta({
    description: 'A telephone number in E.164, in quotes: else YAML reads a number.',
    examples: ['+14029357733'],
  });
const signals = listOf(
  z.enum(signalIds).meta({
    description: 'Name of a signal.',
    enumDescriptions: signalIds.map((signal) => signalDescriptions[signal]),
    examples: ['link'],
  }),
  signalIds.length,
).default([]);
const domains = listOf(registrableDomain, 200).default([]);
const mailFunction = z.enum(mailFunctions).meta({
  description: 'What mail is for.',
  enumDescriptions: [
    'one-time codes: never held unless a contact point or link stands in a slot',
    'sign-ins, changed passwords, warnings',
    'invoices, receipts, money requests',
    'documents, files, invitations of other people',
    'newsletters and offers',
  ],
  examples: ['billing'],
});

/** Literal text and `{slots}`, never two slots in a row: where one would end could not be told. */
const subjectTemplate = z.strictObject({
  function: mailFunction,
  subject: title
    .regex(/^(?:[^{}]|\{[a-z][a-z ]{0,30}\})*$/, {
      error: 'is not a subject with slots such as `{tenant} verification code`',
      abort: true,
    })
    .regex(/^(?!.*\}\{)/, {
      error: 'has two slots in a row: where one ends cannot be told',
      abort: true,
    })
    .regex(/(?:^|\})[^{}]*[^{}\s][^{}]{2,}[^{}\s]/, {
      error: 'has too little text of the vendor to be recognised by',
    })
    .meta({
      description: 'The subject, with a `{slot}` wherever its text changes; never two in a row.',
      examples: ['Invoice from {merchant} ({number})'],
    }),
});

const sentence = z
  .string()
  .trim()
  .min(8)
  .max(500)
  .regex(/^[^{}]*$/, {
    error: 'has a slot: only sentences that are always the same are recognised',
  })
  .meta({
    description: 'A sentence that is always the same.',
    examples: ['Please do not reply to this email.'],
  });

const packSchema = z
  .strictObject({
    linkDomains: domains.meta({
      description: "Domains that the vendor's own links, addresses and images use.",
      examples: [['paypal.com', 'paypalobjects.com']],
    }),
    phones: listOf(phone, 200)
      .default([])
      .meta({
        description: "The vendor's own telephone numbers; only what it publishes itself.",
        examples: [['+18882211161']],
      }),
    replyToDomains: domains.meta({
      description: "Domains of the vendor's own Reply-To addresses.",
      examples: [['example.com']],
    }),
    bounceDomains: domains.meta({
      description: "Domains of the vendor's MAIL FROM.",
      examples: [['sendgrid.net']],
    }),
    open: signals.meta({
      description:
        'Signals that honest mail often shows because customers fill the slot (counts as 30 % of 200 messages).',
      examples: [['link', 'reply-to']],
    }),
    closed: signals.meta({
      description: 'Signals that honest mail never shows (counts as none of 200 messages).',
      examples: [['wallet', 'phone']],
    }),
    slots: z
      .array(title)
      .max(20)
      .default([])
      .meta({
        description: 'Where the text of a third party stands, for people.',
        examples: [['body: seller note', 'subject: business name']],
      }),
    functions: listOf(mailFunction, mailFunctions.length)
      .default([])
      .meta({
        description: 'What this mail is for; empty where unknown.',
        examples: [['billing', 'security']],
      }),
    templates: z
      .array(subjectTemplate)
      .max(50)
      .default([])
      .meta({
        description: 'Kinds of mail that their subject tells apart.',
        examples: [[{ function: 'billing', subject: 'Invoice from {merchant} ({number})' }]],
      }),
    boilerplate: listOf(sentence, 200)
      .default([])
      .meta({
        description:
          'Sentences that the vendor publishes as its own: their lure words are not held against the mail.',
        examples: [['Please do not reply to this email.']],
      }),
    verifyAt: z
      .union([z.literal(''), z.url({ protocol: /^https$/, error: 'is not an https address' })])
      .default('')
      .meta({
        description:
          "The vendor's own way in, https, which a warning names instead of the message's links; empty where unknown.",
        examples: ['https://www.paypal.com/'],
      }),
  })
  .superRefine(({ open, closed, functions, templates }, context) => {
    templates.forEach((template, index) => {
      if (functions.includes(template.function)) return;
      const message = `\`${template.function}\` is not among the functions`;
      const params = { hint: `add it to \`functions\`` };
      context.addIssue({ code: 'custom', path: ['templates', index, 'function'], message, params });
    });
    closed.forEach((signal, index) => {
      if (!open.includes(signal)) return;
      const params = {
        hint: 'decide: do customers fill this slot, or does honest mail never show it?',
      };
      context.addIssue({
        code: 'custom',
        path: ['closed', index],
        message: `\`${signal}\` is both open and closed`,
        params,
      });
    });
  });

const aliasSchema = z
  .strictObject({
    id: slug.describe(
      'Stable name of the alias, unique in all files: in headers, logs, metrics, and the key of its history.',
    ),
    addresses: listOf(addressPattern, 200)
      .min(1)
      .meta({
        description: 'From addresses that share one baseline.',
        examples: [['service@paypal.com']],
      }),
    dkimDomains: listOf(signerDomain, 50)
      .min(1)
      .meta({
        description:
          "Domains whose passing DKIM signature makes a message this alias's: `d=` of its DKIM-Signature fields.",
        examples: [['paypal.com']],
      }),
    spf: z
      .literal('enough')
      .optional()
      .meta({
        description:
          'Write `enough` where the vendor does not sign: an SPF pass then suffices to learn.',
        examples: ['enough'],
      }),
    actor: z
      .enum(['slots', 'tenant'])
      .default('slots')
      .meta({
        description: 'Who fills the mail.',
        enumDescriptions: [
          "somebody named in slots of the vendor's mail",
          'what the `*` of the address stands for is who wrote the mail',
        ],
        examples: ['slots'],
      }),
    confirmed: z.boolean().meta({
      description:
        'Whether somebody saw such mail authenticate; false for facts from general knowledge. Read by people only.',
      examples: [false],
    }),
    pack: packSchema.describe(
      'What is known before any history exists: a prior that learned history outweighs. `{}` where nothing is.',
    ),
    references: z
      .array(title)
      .max(50)
      .default([])
      .meta({
        description: 'Where these facts come from, for people.',
        examples: [['PayPal security centre, addresses that PayPal writes from']],
      }),
  })
  .superRefine(({ actor, addresses }, context) => {
    addresses.forEach((address, index) => {
      if (actor === 'slots' || address.includes('*')) return;
      const params = { hint: 'write a pattern whose `*` stands for the tenant, or remove `actor`' };
      const message = `\`${address}\` names no tenant`;
      context.addIssue({ code: 'custom', path: ['addresses', index], message, params });
    });
  });

/** One file of `aliases/`: what is known of one vendor. */
export const vendorSchema = z.strictObject({
  vendor: title.meta({
    description: 'Name of the vendor, unique in all files.',
    examples: ['PayPal'],
  }),
  abuse: mailbox
    .exactOptional()
    .describe(
      'Where the vendor asks for reports of abuse or phishing; only what it publishes itself.',
    ),
  aliases: z
    .array(aliasSchema)
    .min(1)
    .max(500)
    .describe('Its senders; each has a baseline of its own.'),
});

export function aliasesFrom({
  vendor,
  abuse,
  aliases,
}: z.output<typeof vendorSchema>): readonly Alias[] {
  return aliases.map(({ id, addresses, dkimDomains, spf, actor, pack }) => ({
    id,
    vendor,
    ...(abuse === undefined ? {} : { abuse }),
    addresses,
    dkimDomains,
    spfIsEnough: spf === 'enough',
    actor,
    pack: { ...pack, boilerplate: boilerplateHashes(pack.boilerplate) },
  }));
}

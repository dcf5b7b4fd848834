import * as z from 'zod';
import { mailFunctions, type Alias } from '../alias/alias.ts';
import { boilerplateHashes } from '../features/boilerplate.ts';
import { signalIds } from '../features/signals.ts';
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
  .regex(/^\+[1-9]\d{6,14}$/, { error: 'is not a telephone number in E.164, e.g. "+14029357733"' });
const signals = listOf(z.enum(signalIds), signalIds.length).default([]);
const domains = listOf(registrableDomain, 200).default([]);

/** Literal text and `{slots}`, never two slots in a row: where one would end could not be told. */
const subjectTemplate = z.strictObject({
  function: z.enum(mailFunctions),
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
    }),
});

const sentence = z
  .string()
  .trim()
  .min(8)
  .max(500)
  .regex(/^[^{}]*$/, {
    error: 'has a slot: only sentences that are always the same are recognised',
  });

const packSchema = z
  .strictObject({
    linkDomains: domains,
    phones: listOf(phone, 200).default([]),
    replyToDomains: domains,
    bounceDomains: domains,
    open: signals,
    closed: signals,
    slots: z.array(title).max(20).default([]),
    functions: listOf(z.enum(mailFunctions), mailFunctions.length).default([]),
    templates: z.array(subjectTemplate).max(50).default([]),
    boilerplate: listOf(sentence, 200).default([]),
    verifyAt: z
      .union([z.literal(''), z.url({ protocol: /^https$/, error: 'is not an https address' })])
      .default(''),
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
    id: slug,
    addresses: listOf(addressPattern, 200).min(1),
    dkimDomains: listOf(signerDomain, 50).min(1),
    spf: z.literal('enough').optional(),
    /** `tenant`: what the `*` of the address stands for is who wrote the mail. */
    actor: z.enum(['slots', 'tenant']).default('slots'),
    /** Whether somebody saw such mail authenticate; false for facts from general knowledge. Read by people only. */
    confirmed: z.boolean(),
    pack: packSchema,
    references: z.array(title).max(50).default([]),
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
  vendor: title,
  /** Where the vendor asks for reports of abuse or phishing; only what it publishes itself. */
  abuse: mailbox.exactOptional(),
  aliases: z.array(aliasSchema).min(1).max(500),
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

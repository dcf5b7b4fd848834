import { mailFunctions } from '../alias/alias.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import { domainOf } from '../message/mailbox.ts';
import { sketchSize } from '../baseline/value-record.ts';
import { signalIds, type SignalId } from '../features/signals.ts';
import { bool, double, int, list, structOf, text, type Struct } from './field.ts';
import type { MessageContent, ViewSource } from './source.ts';

/** Which names exist under one set of rules. */
export type KnownNames = {
  readonly aliasIds: readonly string[];
  /** As written in packs. */
  readonly vendors: readonly string[];
  readonly attackCauses: readonly string[];
  /** Of `lists.yaml: sets`. */
  readonly sets: readonly string[];
};

const words = [
  'none',
  'neutral',
  'pass',
  'fail',
  'softfail',
  'policy',
  'temperror',
  'permerror',
] satisfies readonly AuthenticationResults['spf']['result'][];

export function aliasStruct({ aliasIds, vendors }: KnownNames): Struct {
  return structOf<ViewSource>('Alias', {
    id: {
      type: { kind: 'text', maxLength: 60, values: aliasIds, isOpen: true },
      description: 'Id of the alias (`aliaswatch alias list`)',
      example: 'alias.id == "paypal-service"',
      read: ({ alias }) => alias.id,
    },
    vendor: {
      type: { kind: 'text', maxLength: 200, values: vendors, isOpen: true },
      description: 'Vendor as its pack names it',
      example: 'alias.vendor == "DocuSign"',
      read: ({ alias }) => alias.vendor,
    },
    function: {
      type: text(20, [...mailFunctions, '']),
      description: 'What the pack says mail with this subject is for; empty where it does not say',
      example: 'alias.function == "billing"',
      read: ({ purpose }) => purpose ?? '',
    },
    hasPack: {
      type: bool,
      description: 'The alias is in the catalogue, not only watched by policy',
      example: '!alias.hasPack',
      read: ({ alias }) => alias.pack !== null,
    },
    address: {
      type: text(320),
      description: 'The From address that selected the alias, lower case',
      example: 'alias.address.endsWith("@docusign.net")',
      needsMessage: true,
      read: ({ content }) => content?.address ?? '',
    },
  });
}

type ShownSignal = { readonly level: number; readonly bits: number; readonly isNew: boolean };

const signalStruct = structOf<ShownSignal>('Signal', {
  shown: {
    type: bool,
    description: 'The message shows the signal',
    example: 'signals["phone-lure"].shown',
    read: ({ level }) => level > 0,
  },
  level: {
    type: int('level', 10),
    description: '0 where it is not shown; yes/no signals have level 1, others up to 5',
    example: 'signals["subject-lure"].level >= 3',
    read: ({ level }) => level,
  },
  isNew: {
    type: bool,
    description: 'It shows a value that this alias never had, or a quantity out of its range',
    example: 'signals["reply-to"].isNew',
    read: ({ isNew }) => isNew,
  },
  bits: {
    type: double('bits', -100, 100),
    description: 'What it adds to the score; 0 where that is less than 0.3',
    example: 'signals["link"].bits > 4',
    read: ({ bits }) => bits,
  },
});

export const signalsType = {
  kind: 'map',
  of: { kind: 'struct', struct: signalStruct },
  keys: signalIds,
} as const;

/** Every signal there is, so that asking for one is never an error. */
export function signalsOf({ readings, score }: ViewSource): ReadonlyMap<SignalId, ShownSignal> {
  const none: ShownSignal = { level: 0, bits: 0, isNew: false };
  const shown = new Map<SignalId, ShownSignal>(signalIds.map((signal) => [signal, none]));
  for (const { signal, level, isInnovation } of readings.signals)
    if (level > 0) {
      const bits = score.terms.find((term) => term.signal === signal)?.bits ?? 0;
      shown.set(signal, { level, bits, isNew: isInnovation });
    }
  return shown;
}

export const baselineStruct: Struct = structOf<ViewSource>('Baseline', {
  messages: {
    type: int('messages'),
    description: 'Matured messages behind the baseline',
    example: 'baseline.messages >= 200',
    read: ({ score }) => score.messages,
  },
  days: {
    type: int('days', 730),
    description: 'Matured days with mail among them',
    example: 'baseline.days < 7',
    read: ({ score }) => score.days,
  },
  mature: {
    type: bool,
    description: 'Enough history for the baseline to hold mail (`policy.yaml: quarantine`)',
    example: '!baseline.mature',
    read: ({ isMature }) => isMature,
  },
  startingUp: {
    type: bool,
    description: 'Too little history to tell new from not yet seen (10 messages, 5 days)',
    example: '!baseline.startingUp',
    read: ({ readings }) => readings.startingUp.content,
  },
  recipientsSeen: {
    type: int('recipients', 120),
    description:
      'Distinct recipients that the alias ever wrote to here, an estimate that saturates near 110',
    example: 'baseline.recipientsSeen < 3',
    read: ({ observation }) => sketchSize(observation.reach?.recipients ?? 0),
  },
  hourMessages: {
    type: int('messages'),
    description: 'Messages of the alias in the sliding hour, this one included',
    example: 'baseline.hourMessages > 100',
    read: ({ observation }) => observation.hourMessages,
  },
  dayMessages: {
    type: int('messages'),
    description: 'Messages of the alias today (UTC), this one included',
    example: 'baseline.dayMessages > 3 * baseline.yesterdayMessages',
    read: ({ observation }) => observation.dayMessages.today,
  },
  yesterdayMessages: {
    type: int('messages'),
    description: 'Messages of the alias yesterday (UTC)',
    example: 'baseline.yesterdayMessages == 0',
    read: ({ observation }) => observation.dayMessages.yesterday,
  },
  isNewActor: {
    type: bool,
    description:
      'Whoever filled the slots (tenant, merchant, sharer) was first seen less than a day ago',
    example: 'baseline.isNewActor',
    read: ({ observation }) => observation.traffic.actorIsNew,
  },
  actorHourMessages: {
    type: int('messages'),
    description: 'Messages of that actor in the sliding hour, this one included',
    example: 'baseline.isNewActor && baseline.actorHourMessages > 5',
    read: ({ observation }) => observation.traffic.actorHourMessages,
  },
  newActorsThisHour: {
    type: int('actors'),
    description: 'Distinct new actors of the alias in the sliding hour',
    example: 'baseline.newActorsThisHour > 20',
    read: ({ observation }) => observation.traffic.newActorsThisHour,
  },
});

export function scoreStruct({ attackCauses }: KnownNames): Struct {
  return structOf<ViewSource>('Score', {
    bits: {
      type: double('bits', -200, 200),
      description: 'Score before any condition',
      example: 'score.bits > 4',
      read: ({ score }) => score.bits,
    },
    pValue: {
      type: double('chance', 0, 1),
      description: 'Chance that an honest message of this alias scores as high',
      example: 'score.pValue < 0.01',
      read: ({ score }) => score.pValue,
    },
    verdict: {
      type: text(20, ['clean', 'learning', 'suspicious', 'anomalous']),
      description: 'Verdict of that score alone',
      example: 'score.verdict != "clean"',
      read: ({ verdict }) => verdict,
    },
    cause: {
      type: text(60, attackCauses),
      description:
        'Attack cause of `causes.yaml` that explains the message best, whatever the score',
      example: `score.cause == "${attackCauses[0] ?? 'callback'}"`,
      read: ({ score }) => score.cause.id,
    },
  });
}

export const recipientsStruct: Struct = structOf<ViewSource>('Recipients', {
  count: {
    type: int('recipients', 10_000),
    description: 'Envelope recipients of this transaction',
    example: 'recipients.count > 10',
    read: ({ features }) => features.recipients.length,
  },
  addresses: {
    type: list(text(320), 100),
    description: 'Envelope recipients in lower case',
    example: 'recipients.addresses.exists(r, r in sets.executives)',
    needsMessage: true,
    read: ({ content }) => addressesOf(content),
  },
  domains: {
    type: list(text(255), 100),
    description: 'Their domains, distinct',
    example: '"subsidiary.example" in recipients.domains',
    needsMessage: true,
    read: ({ content }) => [...new Set(addressesOf(content).map(domainOf))],
  },
});

function addressesOf(content: MessageContent | null): readonly string[] {
  return (content?.transaction.envelope.rcptTo ?? []).map((address) => address.toLowerCase());
}

export const authenticationStruct: Struct = structOf<AuthenticationResults>('Authentication', {
  spf: {
    type: text(10, words),
    description: 'Result of SPF',
    example: 'authentication.spf != "pass"',
    needsMessage: true,
    read: ({ spf }) => spf.result,
  },
  dmarc: {
    type: text(10, words),
    description: 'Result of DMARC',
    example: 'authentication.dmarc == "none"',
    needsMessage: true,
    read: ({ dmarc }) => dmarc.result,
  },
  arc: {
    type: text(10, words),
    description: 'Result of ARC',
    example: 'authentication.arc == "pass"',
    needsMessage: true,
    read: ({ arc }) => arc.result,
  },
  dkimDomains: {
    type: list(text(255), 20),
    description: 'Domains (d=) of the DKIM signatures that pass',
    example: 'authentication.dkimDomains.exists(d, d.endsWith(".onmicrosoft.com"))',
    needsMessage: true,
    read: ({ dkim }) => dkim.filter(({ result }) => result === 'pass').map(({ domain }) => domain),
  },
});

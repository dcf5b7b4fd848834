import { unauthenticated } from '../authentication/results.ts';
import type { Lists } from '../features/lists.ts';
import {
  aliasStruct,
  authenticationStruct,
  baselineStruct,
  recipientsStruct,
  scoreStruct,
  signalsOf,
  signalsType,
  type KnownNames,
} from './context-fields.ts';
import { set, structOf, type Field, type Struct } from './field.ts';
import { messageStruct } from './message-fields.ts';
import type { ViewSource } from './source.ts';

const listsStruct = structOf<Lists>('Lists', {
  freeHosting: {
    type: set,
    description: 'Registrable domains where anybody may publish a page for nothing',
    example: 'message.domains.exists(d, domainIn(d, lists.freeHosting))',
    read: ({ freeHosting }) => freeHosting,
  },
  urlShorteners: {
    type: set,
    description: 'Domains of URL shorteners',
    example: 'message.domains.exists(d, d in lists.urlShorteners)',
    read: ({ urlShorteners }) => urlShorteners,
  },
  freeMail: {
    type: set,
    description: 'Domains of mail for everybody',
    example: 'message.replyTo.exists(r, r.domain in lists.freeMail)',
    read: ({ freeMail }) => freeMail,
  },
  popularDomains: {
    type: set,
    description: 'Registrable domains that so many people visit that a link to them says little',
    example: 'message.domains.exists(d, !(d in lists.popularDomains))',
    read: ({ popularDomains }) => popularDomains,
  },
  cheapTopLevelDomains: {
    type: set,
    description: 'Top-level domains that cost next to nothing, without their dot',
    example: 'message.links.exists(l, topLevel(l.host) in lists.cheapTopLevelDomains)',
    read: ({ cheapTopLevelDomains }) => cheapTopLevelDomains,
  },
});

/** `sets`: the operator's own, one field each. */
function setsStruct({ sets }: KnownNames): Struct {
  return structOf<Lists>(
    'Sets',
    Object.fromEntries(
      sets.map((name) => [
        name,
        {
          type: set,
          description: 'Of `lists.yaml: sets`',
          example: `alias.id in sets.${name}`,
          read: (lists: Lists) => lists.sets.get(name) ?? new Set(),
        },
      ]),
    ),
  );
}

/**
 * Every variable that conditions may read, from which the types of the checker, the view of a message and the reference
 * are made.
 */
export function variablesFor(known: KnownNames): readonly Field[] {
  const root = structOf<ViewSource>('View', {
    message: {
      type: { kind: 'struct', struct: messageStruct },
      description: 'The message as its recipient sees it',
      example: 'message.subject.mentions(["refund"])',
      needsMessage: true,
      read: ({ content, lists }) => ({ ...content, lists }),
    },
    alias: {
      type: { kind: 'struct', struct: aliasStruct(known) },
      description: 'The watched alias that the message is authenticated as',
      example: 'alias.id == "paypal-service"',
      read: (source) => source,
    },
    signals: {
      type: signalsType,
      description: 'What differs from the history of the alias, by the names of `causes.yaml`',
      example: 'signals["phone"].shown',
      read: signalsOf,
    },
    baseline: {
      type: { kind: 'struct', struct: baselineStruct },
      description: 'The history of the alias, and its traffic just now',
      example: 'baseline.messages >= 200',
      read: (source) => source,
    },
    score: {
      type: { kind: 'struct', struct: scoreStruct(known) },
      description: 'What the message scores before any condition',
      example: 'score.bits > 4',
      read: (source) => source,
    },
    recipients: {
      type: { kind: 'struct', struct: recipientsStruct },
      description: 'Whom the message is for: envelope, not header fields',
      example: 'recipients.count > 10',
      read: (source) => source,
    },
    authentication: {
      type: { kind: 'struct', struct: authenticationStruct },
      description: 'What SPF, DKIM, DMARC and ARC say; the alias itself is authenticated already',
      example: 'authentication.spf == "pass"',
      needsMessage: true,
      read: ({ content }) => content?.authentication ?? unauthenticated,
    },
    lists: {
      type: { kind: 'struct', struct: listsStruct },
      description: 'Named sets of `lists.yaml`; ask membership with `in` or `domainIn`',
      example: 'message.domains.exists(d, domainIn(d, lists.freeHosting))',
      read: (source) => source.lists,
    },
    sets: {
      type: { kind: 'struct', struct: setsStruct(known) },
      description:
        "The operator's own sets (`lists.yaml: sets`); ask membership with `in` or `domainIn`",
      example: 'recipients.addresses.exists(r, r in sets.executives)',
      read: (source) => source.lists,
    },
  });
  return root.fields;
}

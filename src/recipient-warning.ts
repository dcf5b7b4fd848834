import type { ToSeal } from './action/arc-seal.ts';
import { withEdits, type ContentEdit } from './action/content-edits.ts';
import { subjectTagEdits } from './action/subject-tag.ts';
import { planBanner } from './action/warning/banner.ts';
import { unusualIn } from './action/warning/unusual.ts';
import type { WarningKind, WarningOutcome } from './action/warning/warning-outcome.ts';
import type { Analysis } from './analysis.ts';
import type { Warning } from './decision/warning-policy.ts';
import type { ActiveRules, Names } from './dependencies.ts';
import { findHeaderBlock } from './message/header-block.ts';
import type { Events } from './observability/events.ts';
import type { Content } from './smtp/content.ts';
import type { Transaction } from './smtp/transaction.ts';

/** What goes to the next hop: our header fields, and the message. */
export type Outgoing = { readonly prefix: Buffer; readonly content: Content };

export type WarningOptions = {
  readonly names: Names;
  /** Null without an ARC key. */
  readonly seal: ((toSeal: ToSeal) => Promise<Buffer | null>) | null;
  readonly events: Pick<Events, 'recipientWarned'>;
};

/**
 * Subject tag and banner of a tagged message where the policy wants them, then the ARC set. Never throws: where
 * something of ours fails the message goes out as it came, and an event tells of it (promise P5).
 */
export type WarnRecipients = (
  transaction: Transaction,
  analysis: Analysis,
  rules: ActiveRules,
  prefix: Buffer,
) => Promise<Outgoing>;

/** Bytes of a message in which a place for a banner is looked for; what lies beyond are attachments. */
const readBytes = 4 * 1024 * 1024;

export function createWarning({ names, seal, events }: WarningOptions): WarnRecipients {
  return async (transaction, analysis, rules, prefix) => {
    const { content, id } = transaction;
    const received = { prefix, content };
    const { warning } = analysis.policy;
    if (!warning.banner && warning.subjectTag === '') return received;
    try {
      const { edits, outcomes } = changesOf({
        bytes: await content.prefix(readBytes),
        warning,
        transaction,
        analysis,
        rules,
        hostname: names.hostname,
      });
      const changed = { prefix, content: withEdits(content, edits) };
      const isSealed = seal !== null && edits.length > 0;
      const outgoing = isSealed
        ? await sealed(changed, { transaction, analysis, seal, events })
        : changed;
      // Changed and unsealed it would fail DMARC where it passes as it came.
      if (outgoing === null) return received;
      for (const [kind, outcome] of outcomes)
        events.recipientWarned(kind, outcome, { id, error: null });
      return outgoing;
    } catch (error) {
      events.recipientWarned(warning.banner ? 'banner' : 'subject', 'failed', { id, error });
      return received;
    }
  };
}

type Changing = {
  readonly bytes: Buffer;
  readonly warning: Warning;
  readonly transaction: Transaction;
  readonly analysis: Analysis;
  readonly rules: ActiveRules;
  readonly hostname: string;
};

type Changes = {
  readonly edits: readonly ContentEdit[];
  readonly outcomes: readonly (readonly [kind: WarningKind, outcome: WarningOutcome])[];
};

function changesOf(changing: Changing): Changes {
  const { bytes, warning } = changing;
  const none: Changes = { edits: [], outcomes: [] };
  const subject = warning.subjectTag === '' ? none : tagSubject(bytes, warning.subjectTag);
  const banner = warning.banner ? addBanner(changing) : none;
  return {
    edits: [...subject.edits, ...banner.edits],
    outcomes: [...subject.outcomes, ...banner.outcomes],
  };
}

function tagSubject(bytes: Buffer, tag: string): Changes {
  const edits = subjectTagEdits(bytes.subarray(0, findHeaderBlock(bytes).length), tag);
  return { edits, outcomes: [['subject', edits.length === 0 ? 'already' : 'inserted']] };
}

function addBanner({ bytes, warning, transaction, analysis, rules, hostname }: Changing): Changes {
  const { decision, score } = analysis;
  const alias = rules.catalogue.aliases.find(({ id }) => id === analysis.alias);
  const { outcome, edits } = planBanner({
    bytes,
    isCut: bytes.length < transaction.content.sizeBytes,
    mayUse8Bit: /(?:^| )BODY=8BITMIME(?:$| )/i.test(transaction.envelope.mailParameters),
    facts: {
      verdict: decision.verdict,
      vendor: alias?.vendor ?? hostname,
      verifyAt: alias?.pack?.verifyAt ?? '',
      unusual: unusualIn(score, decision),
      hostname,
      note: warning.note,
    },
    language: warning.language,
    lists: rules.lists,
  });
  return { edits, outcomes: [['banner', outcome]] };
}

type Sealing = Pick<WarningOptions, 'events'> & {
  readonly seal: (toSeal: ToSeal) => Promise<Buffer | null>;
  readonly transaction: Transaction;
  readonly analysis: Analysis;
};

/** Null where it could not be sealed. */
async function sealed(
  { prefix, content }: Outgoing,
  { transaction, analysis, seal, events }: Sealing,
): Promise<Outgoing | null> {
  const { id, receivedAt } = transaction;
  const { arc } = analysis.authentication;
  try {
    const set = await seal({ prefix, content, arc, signTime: receivedAt });
    events.recipientWarned('seal', set === null ? 'broken-chain' : 'inserted', { id, error: null });
    return { prefix: set === null ? prefix : Buffer.concat([set, prefix]), content };
  } catch (error) {
    events.recipientWarned('seal', 'failed', { id, error });
    return null;
  }
}

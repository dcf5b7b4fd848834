import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActiveRules } from '../../src/dependencies.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { loadPseudonymKey } from '../../src/pseudonym-key.ts';
import { createVectorKeeper, type ScoredToKeep } from '../../src/vectors/keep-vectors.ts';
import { openVectorsFile, vectorsFileName } from '../../src/vectors/vectors-file.ts';
import { appraisedMail, type AppraisedMail } from './appraised-mail.ts';

/** What the pipeline gives to be kept of a scored message. */
export function toKeep({ transaction, judgement }: AppraisedMail, rules: ActiveRules) {
  const { appraised, score, decision, policy } = judgement;
  const alias = appraised?.message.alias.id ?? null;
  return {
    transaction,
    analysis: { alias, score, decision, policy, ...(appraised && { appraised }) },
    rules,
  } satisfies ScoredToKeep;
}

/** A state directory in which so much mail is kept as a gateway keeps it, under ids that a page has to escape. */
export async function keepMail(
  stateDir: string,
  { count, until, rules }: { readonly count: number; until: Date; rules: ActiveRules },
): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  const pseudonym = createPseudonym(await loadPseudonymKey(stateDir));
  const mail = await appraisedMail({ count, until, rules, pseudonym, days: 20 });
  using file = openVectorsFile(join(stateDir, vectorsFileName));
  await using keeper = createVectorKeeper({
    file,
    pseudonym,
    random: Math.random,
    now: () => until,
    events: {
      onKept: () => undefined,
      onLost: (_, error) => {
        throw error;
      },
    },
  });
  for (const [index, one] of mail.entries()) {
    const transaction = { ...one.transaction, id: `<i>${index}` };
    keeper.keep(toKeep({ ...one, transaction }, rules));
    await keeper.flush();
  }
}

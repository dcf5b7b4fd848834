import { allHeld } from '../../src/quarantine/all-held.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';

/** One try to hand over one message, written into it so that every copy can be traced to its try. */
export type Attempt = { readonly message: string; readonly number: number };

/**
 * What the client was told: `taken` is a 2yz after the dot; `silence` no reply to a dot that was sent; `unsent` means
 * that the final dot never left the client.
 */
export type Outcome = 'taken' | 'deferred' | 'refused' | 'silence' | 'unsent';

/** A copy whose receiver said 250 for it, or one that was whole when its receiver fell silent. */
export type Copy = 'promised' | 'unpromised';

/** Ends the header section of every message of a run, so that a copy can be recognised. */
export const attemptField = 'X-Attempt';

const attemptPattern = new RegExp(`^${attemptField}: (m\\d+)/(\\d+)\\r?$`, 'm');

export function readAttempt(bytes: Buffer): Attempt | null {
  const [, message, number] = attemptPattern.exec(bytes.toString('latin1')) ?? [];
  return message === undefined ? null : { message, number: Number(number) };
}

export type LedgerSummary = {
  readonly messages: number;
  readonly attempts: Readonly<Record<Outcome, number>>;
  readonly taken: number;
  readonly refused: number;
  readonly copies: {
    readonly nextHop: number;
    readonly quarantine: number;
    readonly unpromised: number;
  };
  /** Messages with a 2yz and no copy that anybody promised to keep. */
  readonly lost: readonly string[];
  /** Copies beyond the first of a message, by why there is another one. */
  readonly duplicates: Readonly<Record<string, number>>;
  /** Copies that no rule of ours explains: sent twice for one try, or kept although the client was told 5yz. */
  readonly unexplained: readonly string[];
};

type Entry = { outcome: Outcome; promised: number; unpromised: number; held: number };

/** Both sides of every message: what its client was told, and where copies are. */
export class Ledger {
  readonly #messages = new Map<string, Map<number, Entry>>();

  told(attempt: Attempt, outcome: Outcome): void {
    this.#entry(attempt).outcome = outcome;
  }

  arrived(bytes: Buffer, copy: Copy): void {
    const attempt = readAttempt(bytes);
    if (attempt !== null) this.#entry(attempt)[copy]++;
  }

  /** Reads what is held, as a restarted gateway would; damaged entries are copies of nothing. */
  async countHeld(directory: string): Promise<void> {
    const quarantine = await openQuarantine(directory);
    for await (const { id } of allHeld(quarantine)) {
      const content = await quarantine.read(id);
      const attempt = readAttempt(await content.prefix(content.sizeBytes));
      if (attempt !== null) this.#entry(attempt).held++;
    }
  }

  summary(): LedgerSummary {
    const attempts = { taken: 0, deferred: 0, refused: 0, silence: 0, unsent: 0 };
    const copies = { nextHop: 0, quarantine: 0, unpromised: 0 };
    const [lost, unexplained]: [string[], string[]] = [[], []];
    const duplicates: Record<string, number> = {};
    let [taken, refused] = [0, 0];
    for (const [message, entries] of this.#messages) {
      const all = [...entries.values()];
      for (const { outcome, promised, unpromised, held } of all) {
        attempts[outcome]++;
        copies.nextHop += promised;
        copies.unpromised += unpromised;
        copies.quarantine += held;
      }
      const isTaken = all.some(({ outcome }) => outcome === 'taken');
      if (isTaken) taken++;
      else if (all.some(({ outcome }) => outcome === 'refused')) refused++;
      if (all.some(({ outcome, promised, held }) => outcome === 'taken' && promised + held === 0))
        lost.push(message);
      for (const [number, entry] of entries) {
        const problem = unexplainedCopy(entry);
        if (problem !== null) unexplained.push(`${message}/${number}: ${problem}`);
      }
      for (const why of extraCopies(all)) duplicates[why] = (duplicates[why] ?? 0) + 1;
    }
    const messages = this.#messages.size;
    return { messages, attempts, taken, refused, copies, lost, duplicates, unexplained };
  }

  #entry({ message, number }: Attempt): Entry {
    const entries = this.#messages.get(message) ?? new Map<number, Entry>();
    this.#messages.set(message, entries);
    const entry = entries.get(number) ?? { outcome: 'unsent', promised: 0, unpromised: 0, held: 0 };
    entries.set(number, entry);
    return entry;
  }
}

function unexplainedCopy({ outcome, promised, unpromised, held }: Entry): string | null {
  const copies = promised + unpromised + held;
  if (copies > 1) return `${copies} copies of one try`;
  if (copies > 0 && outcome === 'unsent') return 'a copy without the final dot of the client';
  if (copies > 0 && outcome === 'refused') return 'a copy although the client was told 5yz';
  return null;
}

/** Why the client sent again what somebody had: the reason is in the earlier try. */
function extraCopies(entries: readonly Entry[]): string[] {
  const withCopies = entries.filter(
    ({ promised, unpromised, held }) => promised + unpromised + held > 0,
  );
  const needed = withCopies.find(({ outcome }) => outcome === 'taken') ?? withCopies[0];
  return withCopies
    .filter((entry) => entry !== needed)
    .map(({ outcome, held, unpromised }) => {
      if (outcome === 'silence')
        return held > 0
          ? 'held, and the 250 never reached the client'
          : 'relayed, and the reply never reached the client';
      if (unpromised > 0) return 'the reply of the next hop was lost, the client was told 451';
      return `the client was told 451 although a copy was promised (${outcome})`;
    });
}

/** One block of text for people. */
export function formatSummary(summary: LedgerSummary): string {
  const { attempts, copies, duplicates } = summary;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `\n    ${count} ${name}`)
      .join('') || ' none';
  return [
    `messages            ${summary.messages}`,
    `  acknowledged 2yz  ${summary.taken}`,
    `  refused 5yz       ${summary.refused}`,
    `tries              ${list(attempts)}`,
    `copies              ${copies.nextHop} at the next hop, ${copies.quarantine} in quarantine, ${copies.unpromised} at a next hop that never said so`,
    `duplicates         ${list(duplicates)}`,
    `unexplained copies  ${summary.unexplained.length} ${summary.unexplained.slice(0, 10).join(', ')}`,
    `LOST                ${summary.lost.length} ${summary.lost.slice(0, 20).join(', ')}`,
  ].join('\n');
}

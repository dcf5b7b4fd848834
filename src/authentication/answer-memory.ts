import { LRUCache } from 'lru-cache';
import { DnsError, type DnsRecord, type Lookup } from './resolver.ts';

/** What `work` makes of DNS answers, or made of the same ones before. */
export type AnswerMemory<Value> = (
  key: string,
  lookup: Lookup,
  work: (lookup: Lookup) => Promise<Value>,
) => Promise<Value>;

type Question = {
  readonly name: string;
  readonly rrtype: string;
  /** Its number; 0 while nobody has waited for it, and where it may not be remembered. */
  answer: number;
};
type Memory<Value> = { readonly value: Value; readonly questions: readonly Question[] };

const maxMemories = 2000;
const typicalCharacters = 1024;
/** Longer ones come from nobody whose mail comes often. */
const maxCharacters = 8192;

/**
 * Remembers results that follow from the key and from DNS alone. A result is used again only after each of its questions,
 * in their order, was given the very answer it was given then: it is never older than the oldest of them, and a message
 * asks DNS for no more than `work` would. What met with trouble, or with an answer that is not `memorable`, is not kept.
 */
export function createAnswerMemory<Value>(
  memorable: (records: readonly DnsRecord[]) => boolean = () => true,
): AnswerMemory<Value> {
  const memories = new LRUCache<string, Memory<Value>>({
    max: maxMemories,
    // Whoever writes to us chooses what names we ask for, and how many.
    maxSize: maxMemories * typicalCharacters,
    maxEntrySize: maxCharacters,
    sizeCalculation: (memory, key) => key.length + JSON.stringify(memory).length,
  });
  // Answers are known by number, or a memory would keep them longer than the bounds of the resolver allow.
  const numbers = new WeakMap<object, number>();
  let answers = 0;

  function numberOf(answer: object): number {
    const number = numbers.get(answer) ?? ++answers;
    numbers.set(answer, number);
    return number;
  }

  async function holds({ questions }: Memory<Value>, lookup: Lookup): Promise<boolean> {
    for (const { name, rrtype, answer } of questions) {
      const given: object = await lookup(name, rrtype).catch((error: unknown) => error as object);
      if (numberOf(given) !== answer) return false;
    }
    return true;
  }

  async function remember(...[key, lookup, work]: Parameters<AnswerMemory<Value>>) {
    const questions: Question[] = [];
    const value = await work(async (name, rrtype) => {
      const question = { name, rrtype, answer: 0 };
      questions.push(question);
      try {
        const records = await lookup(name, rrtype);
        if (memorable(records)) question.answer = numberOf(records);
        return records;
      } catch (error) {
        if (isAbsence(error)) question.answer = numberOf(error);
        throw error;
      }
    });
    // A copy has strings of its own: slices of a record or of a header field would keep the whole of it in memory.
    if (questions.every(({ answer }) => answer > 0))
      memories.set(key, structuredClone({ value, questions }));
    return value;
  }

  return async (key, lookup, work) => {
    const memory = memories.get(key);
    return memory !== undefined && (await holds(memory, lookup))
      ? memory.value
      : remember(key, lookup, work);
  };
}

function isAbsence(error: unknown): error is DnsError {
  return error instanceof DnsError && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
}

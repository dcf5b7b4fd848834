import { createHash } from 'node:crypto';
import type { FoundProblem } from '../config/explain-issue.ts';
import type { WrittenBaseline, WrittenCase } from '../config/rule-tests-schema.ts';
import type { SignalId } from '../features/signals.ts';
import { absentFrom, replaceText, type MessageReading } from './message-source.ts';
import type { BaselinePlan, RuleTest } from './rule-test.ts';
import { highestLevel, neededFor, statable } from './stated-features.ts';

/** A case as it is written, and where. */
export type CaseSource = Pick<RuleTest, 'file' | 'line' | 'index'> & {
  readonly written: WrittenCase;
};

type Messages = (message: string) => Promise<MessageReading>;

/** What was found wrong has paths below the case; then there is no test. */
export async function resolveCase(
  { written, ...place }: CaseSource,
  messages: Messages,
): Promise<{ readonly test: RuleTest | null; readonly found: readonly FoundProblem[] }> {
  const found: FoundProblem[] = [];
  const input = await inputOf(written, messages, found);
  const at = new Date(written.at);
  const plan =
    written.baseline === 'none' ? null : await planOf(written.baseline, at, messages, found);
  if (found.length > 0 || input === null) return { test: null, found };
  const { name, alias, authenticated, recipients = null, expect } = written;
  return {
    test: {
      ...place,
      name,
      alias: alias === 'none' ? null : alias,
      input,
      authenticated,
      recipients,
      at,
      baseline: plan,
      expect,
    },
    found,
  };
}

async function inputOf(
  { message, features, replace }: WrittenCase,
  messages: Messages,
  found: FoundProblem[],
): Promise<RuleTest['input'] | null> {
  if (message === undefined) {
    const levels = new Map(Object.entries(features ?? {}) as [SignalId, number][]);
    found.push(...unstatable(levels));
    return { kind: 'features', levels };
  }
  const bytes = await readAt(['message'], message, messages, found);
  if (bytes === null) return null;
  found.push(...absences(bytes, Object.keys(replace), ['replace'], message));
  return { kind: 'message', bytes: replaceText(bytes, Object.entries(replace)) };
}

async function planOf(
  { like, vary, ...amounts }: WrittenBaseline,
  until: Date,
  messages: Messages,
  found: FoundProblem[],
): Promise<BaselinePlan | null> {
  const bytes = await readAt(['baseline', 'like'], like, messages, found);
  if (bytes === null) return null;
  found.push(...absences(bytes, Object.keys(vary), ['baseline', 'vary'], like));
  const identity = JSON.stringify([bytes.toString('latin1'), vary, amounts, until.getTime()]);
  return {
    ...amounts,
    key: createHash('sha256').update(identity).digest('hex'),
    like: bytes,
    vary: new Map(Object.entries(vary).map(([text, others]) => [text, [text, ...others]])),
    until,
  };
}

async function readAt(
  path: readonly PropertyKey[],
  message: string,
  messages: Messages,
  found: FoundProblem[],
): Promise<Buffer | null> {
  const reading = await messages(message);
  if (reading.ok) return reading.bytes;
  const named = message.includes('\n') ? 'the message' : message;
  found.push({ path, message: `${named}: ${reading.message}`, hint: reading.hint, on: 'value' });
  return null;
}

/** What is to be replaced and is not there would leave the message as it is, and the case would show nothing. */
function absences(
  bytes: Buffer,
  texts: readonly string[],
  path: readonly PropertyKey[],
  message: string,
): readonly FoundProblem[] {
  const where = message.includes('\n') ? 'the message' : message;
  return absentFrom(bytes, texts).map((text) => ({
    path: [...path, text],
    message: `\`${text.replace(/\s+/g, ' ').slice(0, 60)}\` does not stand in ${where}`,
    hint: 'write it as it stands there, encoded words and line breaks included',
    on: 'key',
  }));
}

/** What no message shows by itself, or not so, or not alone. */
function unstatable(levels: ReadonlyMap<SignalId, number>): readonly FoundProblem[] {
  const refuse = (signal: SignalId, message: string, hint: string): FoundProblem[] => [
    { path: ['features', signal], message, hint, on: 'key' },
  ];
  return [...levels].flatMap(([signal, level]) => {
    const highest = highestLevel(signal);
    const needed = neededFor(signal);
    if (highest === 0)
      return refuse(
        signal,
        `\`${signal}\` cannot be stated: it is counted over other mail or held against the history`,
        `give a message, or state: ${statable.join(', ')}`,
      );
    if (level > highest)
      return refuse(signal, `\`${signal}\` has no level ${level}`, `at most ${highest}`);
    if (needed.length > 0 && !needed.some((other) => levels.has(other)))
      return refuse(
        signal,
        `\`${signal}\` says something of a new ${needed[0] ?? ''}, and there is none`,
        `state ${needed.map((other) => `\`${other}\``).join(' or ')} as well`,
      );
    return [];
  });
}

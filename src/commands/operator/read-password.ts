import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { passwordFault } from '../../console/access/password.ts';
import { CommandFailure, exitCodes, type CommandContext } from '../command.ts';

const maxBytes = 4096;

/**
 * A new password: typed twice and unseen where there is a terminal, otherwise the first line of standard input. Never an
 * argument, which everybody on the machine could read.
 */
export async function readPassword(context: CommandContext): Promise<string> {
  const { stdin } = context;
  const isTerminal = 'isTTY' in stdin && stdin.isTTY === true;
  const password = isTerminal ? await typedTwice(context) : await firstLine(stdin);
  const fault = passwordFault(password);
  if (fault !== null) throw new CommandFailure(fault, { exitCode: exitCodes.usage });
  return password;
}

async function typedTwice({ stdin, stderr, signal }: CommandContext): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: unseen, terminal: true });
  const ask = async (question: string) => {
    stderr.write(question);
    const answer = await terminal.question('', { signal });
    stderr.write('\n');
    return answer;
  };
  try {
    const password = await ask('Password: ');
    if ((await ask('Once more: ')) !== password)
      throw new CommandFailure('that was not the same twice', { exitCode: exitCodes.usage });
    return password;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    stderr.write('\n');
    throw new CommandFailure('no password was given', { exitCode: exitCodes.interrupted });
  } finally {
    terminal.close();
  }
}

async function firstLine(stdin: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > maxBytes || bytes.includes(0x0a)) break;
  }
  return Buffer.concat(chunks).toString().split(/\r?\n/, 1)[0] ?? '';
}

import { NotMail } from '../archive/read-archive.ts';
import { QuarantineError } from '../quarantine/quarantine-error.ts';
import { CommandFailure, exitCodes } from './command.ts';

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; stop the program that has it, or listen on another port',
  EADDRNOTAVAIL: 'this machine has no such address; listen on one of its own',
  EACCES: 'permission denied; check owner and mode',
  EPERM: 'permission denied; check owner and mode',
  EROFS: 'the file system is read-only; name a place that can be written',
  ENOENT: 'there is no such file or directory; check the path',
  ENOTDIR: 'this is not a directory; check the path',
  EISDIR: 'this is a directory; name a file',
  EEXIST: 'something else has this name; move it away, or name another place',
  ENOSPC: 'the disk is full; make room',
  ENOTFOUND: 'the host name is unknown; check it',
};

/** An error as one sentence that names the thing and says what to do, and the exit code. A bug keeps its stack. */
export function explainFailure(error: unknown): {
  readonly message: string;
  readonly exitCode: number;
} {
  if (error instanceof CommandFailure) return { message: error.message, exitCode: error.exitCode };
  return { message: sentenceOf(error), exitCode: exitCodes.failed };
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof NotMail || error instanceof QuarantineError) return error.message;
  const { code, path, address, port } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  const known = code === undefined ? undefined : advice[code];
  const thing = path ?? (address === undefined ? undefined : `${address}:${port ?? ''}`);
  if (known !== undefined && thing !== undefined) return `${thing}: ${known}`;
  // Adapters throw plain errors that are sentences; any other class is a mistake of ours.
  return error.constructor === Error ? error.message : `unexpected ${error.stack ?? error.message}`;
}

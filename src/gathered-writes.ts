import type { Writable } from 'node:stream';

const gathering: Writable[] = [];

/**
 * What is written to that stream from now on leaves by a callback of setImmediate, once the sockets of this turn of the
 * event loop are read: to one connection in one system call, and to several right after one another, so that who reads
 * them is woken once.
 */
export function gatherWrites(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  if (gathering.length === 0) setImmediate(writeGathered);
  stream.cork();
  gathering.push(stream);
}

/** What has been gathered leaves now, before longer work begins. */
export function writeGathered(): void {
  for (const stream of gathering.splice(0)) stream.uncork();
}

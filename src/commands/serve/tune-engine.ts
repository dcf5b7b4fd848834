import { setFlagsFromString } from 'node:v8';

/**
 * What V8 is told by a process that serves; NODE_OPTIONS takes neither. A message runs through thousands of functions,
 * most of them once, so that many are interpreted for minutes before they are hot enough to be compiled: all are compiled,
 * without being optimized, when they are first called. And where the heap may grow beyond 2 GB, V8 lets it grow to four
 * times what is in use before it collects; to twice is enough.
 */
export const engineFlags = ['--always-sparkplug', '--heap-growing-percent=100'] as const;

/** Before the program that serves is loaded: what was called until then stays as it is. */
export function tuneEngine(): void {
  for (const flag of engineFlags) setFlagsFromString(flag);
}

import { setFlagsFromString } from 'node:v8';

/** What V8 is told by a process that serves; NODE_OPTIONS takes none of these. */
export const engineFlags = [
  // A message runs through thousands of functions, most of them once, so that many are interpreted for minutes before they
  // are hot enough to be compiled. All are compiled, without being optimized, when they are first called,
  '--always-sparkplug',
  // and optimized after a third of the calls that V8 waits for by itself: its program is not a page that is soon left.
  '--invocation-count-for-maglev=100',
  '--invocation-count-for-turbofan=1000',
  // Where the heap may have 2 GB, V8 lets it grow to four times what is in use before it collects; twice is enough.
  '--heap-growing-percent=100',
] as const;

/** Before the program that serves is loaded: what was called until then stays as it is. */
export function tuneEngine(): void {
  for (const flag of engineFlags) setFlagsFromString(flag);
}

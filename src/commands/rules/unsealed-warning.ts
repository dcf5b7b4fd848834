import type { Settings } from '../../config/settings.ts';
import type { Policy } from '../../decision/policy.ts';

export type UnsealedWarning = { readonly message: string; readonly advice: string };

/** A banner or a subject tag without an ARC key: what it breaks, and what to do; null where all is well. */
export function unsealedWarning(
  { warning, overrides }: Pick<Policy, 'warning' | 'overrides'>,
  { arcKeyFile }: Pick<Settings, 'arcKeyFile'>,
): UnsealedWarning | null {
  const all = [warning, ...overrides.map(({ set }) => set.warning ?? {})];
  const parts = [
    ...(all.some(({ banner }) => banner === true) ? ['banner'] : []),
    ...(all.some(({ subjectTag = '' }) => subjectTag !== '') ? ['subjectTag'] : []),
  ];
  if (parts.length === 0 || arcKeyFile !== null) return null;
  const named = parts.map((part) => `warning.${part}`).join(' and ');
  return {
    message: `${named} break${parts.length === 1 ? 's' : ''} the sender's DKIM signature, and no ARC key is set`,
    advice:
      'set --arc-domain, --arc-selector and --arc-key-file, and let the next hop trust that domain: a DMARC check behind us would else refuse tagged mail',
  };
}

import type { Alias, Pack } from '../../src/alias/alias.ts';
import { policySchema } from '../../src/config/policy-schema.ts';
import type { Policy } from '../../src/decision/policy.ts';
import type { Score } from '../../src/score/score.ts';

/** As the defaults are, enforced. */
export const policy: Policy = { ...policySchema.parse({}), mode: 'enforce' };

export const pack: Pack = {
  linkDomains: [],
  phones: [],
  replyToDomains: [],
  bounceDomains: [],
  open: [],
  closed: [],
  slots: [],
  functions: [],
  templates: [],
  boilerplate: [],
  verifyAt: '',
};

export const alias = (given: Pack | null, vendor = 'V'): Alias => ({
  id: 'a',
  vendor,
  addresses: ['a@v.example'],
  dkimDomains: ['v.example'],
  spfIsEnough: false,
  actor: 'slots',
  pack: given,
});

export function score(given: Partial<Score>): Score {
  const cause = { id: 'c', title: 'a cause' };
  return {
    bits: 0,
    pValue: 1,
    cause,
    benignCause: cause,
    terms: [{ signal: 'subject-words', bits: 3, observed: 'x', baseline: '' }],
    messages: 500,
    days: 30,
    since: '2026-01-01',
    ...given,
  };
}

/** A term that carries evidence. */
export const term = (signal: Score['terms'][number]['signal'], bits = 8) => ({
  signal,
  bits,
  observed: signal,
  baseline: '',
});

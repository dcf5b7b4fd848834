import type { Alias } from '../../src/alias/alias.ts';
import type {
  AuthenticationResults,
  DkimSignature,
  ResultWord,
} from '../../src/authentication/results.ts';

export function alias(id: string, addresses: readonly string[], facts: Partial<Alias> = {}): Alias {
  return {
    id,
    vendor: id,
    addresses,
    dkimDomains: ['unused.example'],
    spfIsEnough: false,
    actor: 'slots',
    pack: null,
    ...facts,
  };
}

export function signature(result: ResultWord, domain: string, aligned = false): DkimSignature {
  return {
    result,
    domain,
    selector: 's1',
    aligned,
    signedAtSeconds: null,
    expiresAtSeconds: null,
    coversWholeBody: true,
    signedFields: ['from'],
    signatureHash: 'hash',
  };
}

type Facts = {
  readonly spf?: readonly [ResultWord, string];
  readonly dkim?: readonly DkimSignature[];
  readonly dmarc?: ResultWord;
  readonly dmarcDomain?: string;
  readonly arc?: ResultWord;
};

/** Nothing passes unless the case says so. */
export function results({
  spf = ['none', ''],
  dkim = [],
  dmarc = 'fail',
  dmarcDomain = 'x.example',
  arc = 'none',
}: Facts): AuthenticationResults {
  return {
    spf: { result: spf[0], domain: spf[1] },
    dkim,
    dmarc: { result: dmarc, policy: 'none', domain: dmarcDomain },
    arc: { result: arc },
    resinfo: 'none',
  };
}

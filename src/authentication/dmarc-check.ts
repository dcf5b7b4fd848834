import type { DkimVerifier } from 'mailauth/lib/dkim/dkim-verifier.js';
import { evaluateDmarc } from 'mailauth/lib/dmarc/index.js';
import { formatDomain } from 'mailauth/lib/tools.js';
import { createAnswerMemory } from './answer-memory.ts';
import type { SignatureReport, VerifierReport } from './interpret.ts';
import { asResolver, type Lookup } from './resolver.ts';
import type { SpfReport } from './spf-check.ts';

type Evaluation = {
  readonly report: Exclude<VerifierReport['dmarc'], false>;
  /** Signing domains in alignment, as `formatDomain` spells them; null where there is no policy. */
  readonly aligned: ReadonlySet<string> | null;
  readonly isDkimStrict: boolean;
};

export type DmarcCheck = (
  verifier: Pick<DkimVerifier, 'headerFrom' | 'fromFields' | 'results'>,
  spf: SpfReport,
  lookup: Lookup,
) => Promise<{
  readonly report: VerifierReport['dmarc'];
  /** The results of the verifier, aligned as the policy says. */
  readonly signatures: readonly SignatureReport[];
}>;

/** DMARC by the domains of the authors and of what passed. */
export function createDmarcCheck(): DmarcCheck {
  const memory = createAnswerMemory<Evaluation | false>();
  return async ({ headerFrom, fromFields, results }, spf, lookup) => {
    const spfDomains = spf.status.result === 'pass' ? [spf.domain] : [];
    const dkimDomains = results
      .filter(({ status }) => status.result === 'pass')
      .map(({ signingDomain = '', status: { underSized = 0 } }) => ({
        domain: signingDomain,
        underSized,
      }));
    const authors = headerFrom.map((address) => address.replace(plainLocalPart, ''));
    const key = JSON.stringify([authors, fromFields, spfDomains, dkimDomains]);
    const evaluation = await memory(key, lookup, async (noting) =>
      evaluationOf(
        await evaluateDmarc({
          ...{ headerFrom, fromFields, spfDomains, dkimDomains },
          resolver: asResolver(noting),
        }),
      ),
    );
    if (evaluation === false) return { report: false, signatures: results };
    const signatures = results.map((signature) => withAlignment(signature, evaluation));
    return { report: evaluation.report, signatures };
  };
}

/** One that says nothing of the domain behind it. */
const plainLocalPart = /^[\w.+=-]+(?=@[^@]*$)/;

function evaluationOf({
  response,
  dkimAligned,
}: Awaited<ReturnType<typeof evaluateDmarc>>): Evaluation | false {
  if (response === false) return false;
  // Its type promises these also where no policy was found.
  const { policy, alignment } = response as Partial<typeof response>;
  const { result, header } = response.status;
  return {
    report: {
      status: { result, ...(header && { header }) },
      ...(policy !== undefined && { policy }),
      ...(alignment && { alignment: { spf: { strict: alignment.spf.strict } } }),
    },
    aligned: dkimAligned ?? null,
    isDkimStrict: alignment?.dkim.strict ?? false,
  };
}

/**
 * The verifier judged alignment before the policy was known. As `mailauth.authenticate` has it: a signature that passed
 * is aligned as DMARC found, one that failed also needs equal names where the policy is strict.
 */
function withAlignment(
  signature: SignatureReport,
  { report, aligned, isDkimStrict }: Evaluation,
): SignatureReport {
  const { signingDomain = '', status } = signature;
  if (aligned === null) return signature;
  const isAligned =
    status.result === 'pass'
      ? aligned.has(formatDomain(signingDomain))
      : typeof status.aligned === 'string' &&
        (!isDkimStrict ||
          formatDomain(signingDomain) === formatDomain(report.status.header?.from ?? ''));
  return { ...signature, status: { ...status, aligned: isAligned ? signingDomain : false } };
}

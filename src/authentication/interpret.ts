import { isAligned } from './alignment.ts';
import { soleAuthor } from './author.ts';
import { formatResinfo } from './resinfo.ts';
import type { AuthenticationResults, DkimSignature, ResultWord } from './results.ts';
import { parseTagList, secondsOf, signatureHashOf, signedFieldsOf } from './tag-list.ts';

/** What is read of the verifier's report (the part of mailauth's `AuthenticateResult` that matters here). */
export type VerifierReport = {
  readonly dkim: {
    readonly results: readonly SignatureReport[];
    readonly headerFrom: readonly string[];
    readonly headers?:
      { readonly parsed: readonly { readonly key: string; readonly line: Buffer }[] } | undefined;
  };
  readonly spf: false | { readonly domain: string; readonly status: { readonly result: string } };
  readonly dmarc:
    | false
    | {
        readonly policy?: string;
        readonly alignment?: { readonly spf: { readonly strict: boolean } };
        readonly status: { readonly result: string; readonly header?: { readonly from?: string } };
      };
  readonly arc:
    | false
    | {
        readonly signature?: false | { readonly status: { readonly result: string } };
        /** Not there where the sets could not be read as a chain; no key was asked for then. */
        readonly chain?: false | readonly object[];
        readonly status: {
          readonly result: string;
          readonly comment?: string;
          readonly policy?: object;
        };
      };
};

export type SignatureReport = {
  readonly signingDomain?: string;
  readonly selector?: string;
  readonly signature?: string;
  readonly bodyHash?: string;
  readonly bodyHashExpecting?: string;
  readonly signingHeaders?: { readonly canonicalizedHeader: string };
  readonly status: {
    readonly result: string;
    readonly aligned?: string | false;
    readonly underSized?: number;
  };
};

/** What the report means; `identity` is the one that SPF checked. */
export function interpretReport(
  report: VerifierReport,
  identity: 'mailfrom' | 'helo',
): AuthenticationResults {
  const author = soleAuthor(fromBodies(report), report.dkim.headerFrom);
  const signatures = report.dkim.results
    .map((signature) => interpretSignature(signature, author !== null))
    .filter((signature) => signature !== null);
  const spf =
    report.spf === false
      ? { result: 'temperror' as const, domain: '' }
      : {
          result: wordOf(report.spf.status.result),
          domain: report.spf.domain.slice(0, maxNameLength),
        };
  const results = {
    spf,
    dkim: signatures,
    dmarc: author === null ? ambiguousAuthor : interpretDmarc(report.dmarc, spf, signatures),
    arc: { result: interpretArc(report.arc) },
  };
  return { ...results, resinfo: formatResinfo(results, identity) };
}

const maxNameLength = 255;
const maxSignedFieldLength = 100;

/** Whoever is shown as the author, nothing here vouches for them (RFC 9989 §11.5 calls such mail suspicious). */
const ambiguousAuthor = { result: 'permerror', policy: '', domain: '' } as const;

function fromBodies(report: VerifierReport): readonly string[] {
  return (report.dkim.headers?.parsed ?? [])
    .filter(({ key }) => key === 'from')
    .map(({ line }) => line.toString('utf8').replace(/^[^:]*:/, ''));
}

/** Null for the entry that says that there is no signature. */
function interpretSignature(report: SignatureReport, hasAuthor: boolean): DkimSignature | null {
  const { signingDomain, selector, status } = report;
  if (signingDomain === undefined || selector === undefined) return null;
  const tags = verifiedTags(report);
  return {
    result: isBodyChanged(report) ? 'fail' : wordOf(status.result),
    domain: signingDomain.length > maxNameLength ? '' : signingDomain.toLowerCase(),
    selector: selector.length > maxNameLength ? '' : selector,
    aligned: hasAuthor && typeof status.aligned === 'string',
    signedAtSeconds: secondsOf(tags, 't'),
    expiresAtSeconds: secondsOf(tags, 'x'),
    coversWholeBody: status.underSized === undefined,
    signedFields: signedFieldsOf(tags).map((name) => name.slice(0, maxSignedFieldLength)),
    signatureHash: signatureHashOf(report.signature ?? ''),
  };
}

/** Tags of the signature as they went into the hash: the last DKIM-Signature field of what was signed (RFC 6376 §3.7). */
function verifiedTags({ signingHeaders }: SignatureReport): ReadonlyMap<string, string> {
  const signed = Buffer.from(signingHeaders?.canonicalizedHeader ?? '', 'base64').toString('utf8');
  const field = [...signed.matchAll(/^dkim-signature[ \t]*:/gim)].at(-1);
  return parseTagList(field === undefined ? '' : signed.slice(field.index + field[0].length));
}

/** The verifier calls it neutral; RFC 6376 §6.1.3 makes it a PERMFAIL of the signature, RFC 8601 §2.7.1 `fail`. */
function isBodyChanged({ status, bodyHash, bodyHashExpecting }: SignatureReport): boolean {
  return status.result === 'neutral' && bodyHash !== undefined && bodyHash !== bodyHashExpecting;
}

function interpretDmarc(
  report: VerifierReport['dmarc'],
  spf: AuthenticationResults['spf'],
  signatures: readonly DkimSignature[],
): AuthenticationResults['dmarc'] {
  if (report === false) return ambiguousAuthor;
  const domain = report.status.header?.from ?? '';
  const result = wordOf(report.status.result);
  // The verifier fails what an answer that never came might have passed (RFC 7489 §6.6.2 leaves that to us).
  const mightPass =
    signatures.some((signature) => signature.result === 'temperror' && signature.aligned) ||
    (spf.result === 'temperror' &&
      isAligned(spf.domain, domain, report.alignment?.spf.strict ?? false));
  return {
    result: result === 'fail' && mightPass ? 'temperror' : result,
    policy: report.policy ?? '',
    domain,
  };
}

/**
 * DNS trouble is `fail` to the verifier, with no comment or with a newest signature that had the trouble. Without a
 * comment is also a chain with an algorithm that there is not: that one fails (RFC 8617 §5.2), or a sender could choose
 * `temperror`.
 */
function interpretArc(report: VerifierReport['arc']): ResultWord {
  if (report === false) return 'none';
  const { signature, status, chain } = report;
  const hasChain = chain !== undefined && chain !== false;
  const isTrouble =
    (hasChain && status.comment === undefined && status.policy === undefined) ||
    (signature !== undefined && signature !== false && signature.status.result === 'temperror');
  return status.result === 'fail' && isTrouble ? 'temperror' : wordOf(status.result);
}

const words: readonly string[] = [
  'none',
  'neutral',
  'pass',
  'fail',
  'softfail',
  'policy',
  'temperror',
  'permerror',
];

function wordOf(result: string): ResultWord {
  return words.includes(result) ? (result as ResultWord) : 'neutral';
}

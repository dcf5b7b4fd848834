import { ObjectsError } from './objects.ts';
import type { QuarantineProblem } from './quarantine-error.ts';

/** Codes that servers give for want of space; they have no status in common. */
const fullCodes = new Set([
  'QuotaExceeded',
  'InsufficientStorage',
  'EntityTooLarge',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
]);

/** Of a failed call: the HTTP status or null, and the code of S3, of the SDK or of the network. */
export type S3Failure = { readonly status: number | null; readonly code: string };

export function failureOf(error: unknown): S3Failure {
  if (!(error instanceof Error)) return { status: null, code: String(error) };
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  const status = $metadata?.httpStatusCode ?? null;
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return { status, code: 'no answer in time' };
  if (typeof code === 'string' && status === null) return { status, code };
  // An answer to HEAD has no body that could say more.
  const said = error.name === 'Error' || error.name === 'Unknown' ? error.message : error.name;
  return { status, code: said === 'UnknownError' ? `HTTP ${status ?? 'trouble'}` : said };
}

/** Words of the SDK are not passed on whole: it may name the signature that it sent. */
export function asObjectsError(error: unknown, name: string): ObjectsError {
  if (error instanceof ObjectsError) return error;
  const failure = failureOf(error);
  return new ObjectsError(problemOf(failure), `${name}: ${failure.code}`, { cause: error });
}

function problemOf({ status, code }: S3Failure): QuarantineProblem {
  if (status === 507 || fullCodes.has(code)) return 'full';
  if (status === 401 || status === 403 || code === 'CredentialsProviderError') return 'denied';
  if (status === 409 || status === 412) return 'busy';
  return status === null || status >= 500 || status === 429 ? 'unreachable' : 'failed';
}

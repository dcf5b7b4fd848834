import { STATUS_CODES } from 'node:http';
import type * as z from 'zod';
import type { problem } from './shared-schemas.ts';

export type Problem = z.output<typeof problem>;

/** Ends a call with a problem document (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly problems: NonNullable<Problem['problems']>;

  constructor(status: number, detail: string, problems: NonNullable<Problem['problems']> = []) {
    super(detail);
    this.status = status;
    this.problems = problems;
  }
}

export function problemOf({ status, message, problems }: ApiProblem): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    ...(problems.length > 0 ? { problems } : {}),
  };
}

/** What a schema says is wrong with a value. */
export function invalid(what: string, { issues }: z.ZodError): ApiProblem {
  return new ApiProblem(
    400,
    `${what} cannot be used`,
    issues.slice(0, 20).map(({ path, message }) => ({
      at: path.map(String).join('.').slice(0, 100),
      message: message.slice(0, 200),
    })),
  );
}

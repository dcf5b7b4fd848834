import * as z from 'zod';
import type { Act, Review, Reviewer, Target } from '../../review/review.ts';
import { refusalOf } from '../refusal.ts';
import { reviewerOf } from '../visitor.ts';
import { apiRoute, present, type ApiRoute } from './api-route.ts';
import { given, pageByLast, pageOf, pageQuery, pageRequest } from './paging.ts';
import { ApiProblem } from './problem.ts';
import * as schemas from './mail-schemas.ts';
import { id } from './shared-schemas.ts';

const reason = z.string().trim().max(500).default('').describe('Why; stands in the audit log');
const whom = z
  .enum(['recipients', 'admins'])
  .describe('Those who have a copy, or the administrators');
const reach = {
  messages: z.array(id).min(1).max(500).optional(),
  campaign: id.optional(),
};

const actRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('release'),
      ...reach,
      recipients: z
        .array(z.string().min(1).max(320))
        .min(1)
        .max(1000)
        .optional()
        .describe('Only these of the envelope; everybody when absent'),
      reason,
    }),
    z.strictObject({ kind: z.literal('delete'), ...reach, reason }),
    z.strictObject({ kind: z.literal('confirm-attack'), ...reach, reason }),
    z.strictObject({
      kind: z.literal('approve-value'),
      alias: z.string().min(1).max(100),
      table: z.string().min(1).max(40),
      value: z.string().min(1).max(500),
      days: z.number().int().min(1).max(3650).optional(),
      reason,
    }),
    z.strictObject({ kind: z.literal('approve-message'), message: id, reason }),
    z.strictObject({ kind: z.literal('notify'), campaign: id, to: whom, reason }),
    z.strictObject({ kind: z.literal('undo'), act: id, reason }),
  ])
  .describe('What to do, and to what: `messages` or `campaign`');

type ActRequest = z.output<typeof actRequest>;

export const actRoutes: readonly ApiRoute[] = [
  apiRoute(
    {
      method: 'GET',
      path: '/acts',
      scope: 'read',
      operationId: 'listActs',
      summary: 'What people decided, newest first',
      answer: pageOf(schemas.act),
    },
    { query: z.strictObject(pageQuery) },
    async ({ query }, { sources }) =>
      pageByLast(await present(sources.review, 'acts').acts(pageRequest(query)), query),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/campaigns/:id/notice',
      scope: 'read',
      operationId: 'previewNotify',
      summary: 'What the act `notify` would send now, and to how many; sends nothing',
      answer: schemas.notifying,
    },
    { params: z.strictObject({ id }), query: z.strictObject({ to: whom.default('recipients') }) },
    ({ params, query }, { sources }) =>
      present(sources.review, 'acts').notifying(params.id, query.to).catch(refused),
  ),
  apiRoute(
    {
      method: 'POST',
      path: '/acts',
      scope: 'review',
      operationId: 'act',
      summary:
        'Releases, deletes, confirms, approves, tells people or takes back; whatever was done before is answered with `already`',
      answer: schemas.act,
    },
    { body: actRequest },
    async ({ body }, { sources, visitor }) => {
      const review = present(sources.review, 'acts');
      const act = await perform(review, body, reviewerOf(visitor)).catch(refused);
      if (act.effects.length > 0 && act.effects.every(({ outcome }) => outcome === 'missing'))
        throw new ApiProblem(404, act.effects[0]?.detail ?? 'there is no such message');
      return act;
    },
  ),
];

/** @throws ApiProblem 422 with what a person did wrong; anything else as it is. */
function refused(error: unknown): never {
  const sentence = refusalOf(error);
  throw sentence === null ? error : new ApiProblem(422, sentence);
}

function perform(review: Review, request: ActRequest, by: Reviewer): Promise<Act> {
  const { kind, reason } = request;
  switch (kind) {
    case 'release': {
      const { recipients } = request;
      return review.release(targetOf(request), by, {
        reason,
        ...(recipients === undefined ? {} : { recipients }),
      });
    }
    case 'delete':
      return review.delete(targetOf(request), by, { reason });
    case 'confirm-attack':
      return review.confirmAttack(targetOf(request), by, { reason });
    case 'approve-value': {
      const { alias, table, value, days } = request;
      return review.approveValue(given({ alias, table, value, days }), by, { reason });
    }
    case 'approve-message':
      return review.approveMessage(request.message, by, { reason });
    case 'notify':
      return review.notify(request.campaign, by, { to: request.to, reason });
    case 'undo':
      return review.undo(request.act, by, { reason });
  }
}

function targetOf({
  messages,
  campaign,
}: {
  readonly messages?: readonly string[] | undefined;
  readonly campaign?: string | undefined;
}): Target {
  if ((messages === undefined) === (campaign === undefined))
    throw new ApiProblem(400, 'name either messages or a campaign');
  if (campaign !== undefined) return { campaign };
  const [message = ''] = messages ?? [];
  return messages?.length === 1 ? { message } : { messages: messages ?? [] };
}

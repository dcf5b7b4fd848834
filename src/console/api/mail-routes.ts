import * as z from 'zod';
import { findHeld } from '../find-held.ts';
import { readStored } from '../preview/stored-message.ts';
import { apiRoute, found, present, type ApiRoute } from './api-route.ts';
import { given, pageByLast, pageOf, pageQuery, pageRequest } from './paging.ts';
import * as schemas from './mail-schemas.ts';
import { id, time } from './shared-schemas.ts';

const byId = z.strictObject({ id: id });
const words = (maxLength: number) => z.string().min(1).max(maxLength).optional();

const heldQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(['held', 'released', 'deleted', 'any']).optional().describe('`held` when absent'),
  alias: words(200),
  campaign: words(64),
  recipient: words(320).describe('Address of the envelope'),
  recipientDomain: words(255),
  onlyUnder: words(64).describe('Version of the rules without which it would not be held'),
  text: words(200).describe('In subject, From or reason; case does not matter'),
  since: time.optional(),
  until: time.optional(),
});

export const mailRoutes: readonly ApiRoute[] = [
  apiRoute(
    {
      method: 'GET',
      path: '/messages',
      scope: 'read',
      operationId: 'listMessages',
      summary: 'Held mail, newest first',
      answer: pageOf(schemas.heldMessage).extend({ total: z.number().int().nonnegative() }),
    },
    { query: heldQuery },
    async ({ query: { limit, after, ...filter } }, { sources }) => {
      const review = present(sources.review, 'quarantine index');
      const page = await review.list(given(filter), pageRequest({ limit, after }));
      return { items: page.messages, next: page.next, total: page.total };
    },
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/messages/:id',
      scope: 'read',
      operationId: 'getMessage',
      summary: 'One held message, why, and what became of it',
      answer: schemas.explainedMessage,
    },
    { params: byId },
    async ({ params }, { sources }) => found(await findHeld(sources, params.id), 'message'),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/messages/:id/preview',
      scope: 'read',
      operationId: 'previewMessage',
      summary: 'What a held message says, as plain text',
      answer: schemas.preview,
    },
    { params: byId },
    async ({ params: { id } }, { sources }) => {
      found(await findHeld(sources, id), 'message');
      const { message, ...stored } = await readStored(await sources.quarantine.read(id));
      const htmlText = message?.html?.blocks ?? [];
      return { ...stored, text: message?.textBlocks ?? [], htmlText };
    },
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/campaigns',
      scope: 'read',
      operationId: 'listCampaigns',
      summary: 'Attacks of which there are copies, newest first',
      answer: pageOf(schemas.campaign),
    },
    { query: z.strictObject(pageQuery) },
    async ({ query }, { sources }) =>
      pageByLast(await present(sources.review, 'campaigns').campaigns(pageRequest(query)), query),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/campaigns/:id',
      scope: 'read',
      operationId: 'getCampaign',
      summary: 'Every member of a campaign, also those delivered before the first flag',
      answer: z.object({ summary: schemas.campaign, members: z.array(schemas.member).readonly() }),
    },
    { params: byId },
    async ({ params }, { sources }) =>
      found(await present(sources.review, 'campaigns').campaign(params.id), 'campaign'),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/approvals',
      scope: 'read',
      operationId: 'listApprovals',
      summary: 'Values that somebody declared ordinary',
      answer: pageOf(schemas.approval),
    },
    { query: z.strictObject({ alias: words(200) }) },
    async ({ query: { alias } }, { sources }) => ({
      items: await present(sources.review, 'approvals').approvals(alias ?? null),
      next: null,
    }),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/requests',
      scope: 'read',
      operationId: 'listRequests',
      summary: 'What recipients asked for, newest first',
      answer: pageOf(schemas.request),
    },
    { query: z.strictObject({ ...pageQuery, which: z.enum(['open', 'all']).default('open') }) },
    ({ query }, { sources }) => {
      const requests = present(sources.requests, 'requests');
      return Promise.resolve(pageByLast(requests.list(query.which, pageRequest(query)), query));
    },
  ),
  apiRoute(
    {
      method: 'POST',
      path: '/requests/:id',
      scope: 'review',
      operationId: 'settleRequest',
      summary: 'Marks what a recipient asked for as settled; releases nothing',
      answer: z.object({ settled: z.boolean().describe('False where it was settled before') }),
    },
    {
      params: byId,
      body: z.strictObject({
        state: z.enum(['granted', 'declined']),
        reason: z.string().trim().max(500).default(''),
      }),
    },
    ({ params: { id }, body: { state, reason } }, { sources, visitor }) => {
      const requests = present(sources.requests, 'requests');
      const how = { state, by: visitor.name, detail: reason };
      return Promise.resolve({ settled: requests.close(id, how) });
    },
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/deliveries',
      scope: 'read',
      operationId: 'listDeliveries',
      summary: 'Watched mail of the last 14 days that passed or was held, newest first',
      answer: pageOf(schemas.delivery),
    },
    {
      query: z.strictObject({
        ...pageQuery,
        messageId: words(1000),
        recipient: words(320),
        alias: words(200),
        campaign: words(64),
        since: time.optional(),
        until: time.optional(),
      }),
    },
    async ({ query: { limit, after, ...filter } }, { sources }) => {
      const review = present(sources.review, 'message index');
      const page = await review.messages(given(filter), pageRequest({ limit, after }));
      return { items: page.messages, next: page.next };
    },
  ),
];

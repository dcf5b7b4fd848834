import * as z from 'zod';
import { longestOidcName } from './access/oidc/oidc-name.ts';

/** One value or several of one name, as a form sends them. */
function several(item: z.ZodString) {
  return z
    .union([z.array(item).max(500), item.transform((only) => [only])])
    .default([])
    .readonly();
}

const id = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/, { error: 'is not an id' });
const address = z.string().min(1).max(320);
const reason = z.string().trim().max(500).default('');

/**
 * What forms with method post may hold, by the path in their `action`; each also has `csrf` and `next` (`formFields`).
 * A form that is taken is answered with a redirect to `next`, whose frame then holds the notice.
 */
export const forms = {
  /** `message` once or more often, or `campaign`; `recipient` restricts a release of one message. */
  '/act': z.object({
    act: z.enum(['release', 'delete', 'confirm-attack', 'approve-message']),
    message: several(id),
    campaign: id.or(z.literal('')).default(''),
    recipient: several(address),
    /** The form has a box per recipient: where none is ticked, nobody is meant, and not everybody. */
    recipients: z.enum(['all', 'ticked']).default('all'),
    reason,
  }),
  '/approve': z.object({
    alias: z.string().min(1).max(100),
    table: z.string().min(1).max(40),
    value: z.string().min(1).max(500),
    days: z.coerce.number().int().min(1).max(3650).optional(),
    reason,
  }),
  /** Tells people of a campaign; the page before it says how many. */
  '/notify': z.object({ campaign: id, to: z.enum(['recipients', 'admins']), reason }),
  /** `id` of the act that is taken back. */
  '/undo': z.object({ id, reason }),
  /** Marks what a recipient asked for as settled; releases nothing. */
  '/settle': z.object({ request: id, state: z.enum(['granted', 'declined']), reason }),
  '/theme': z.object({ theme: z.enum(['auto', 'light', 'dark']) }),
  '/logout': z.object({}),
  /** Admin; `session` is the short id that the access page shows, or `operator` for all of one. */
  '/access/revoke-session': z.object({
    session: id.or(z.literal('')).default(''),
    operator: z.string().max(longestOidcName).default(''),
  }),
  '/access/revoke-token': z.object({ token: id }),
} as const;

import * as z from 'zod';
import { parseHostPort } from './host-port.ts';
import { storeLocationFault } from './store-location.ts';

const text = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .refine((value) => !/\p{Cc}/u.test(value), { error: 'holds control characters' });

function hostPort(defaultPort: number | null) {
  return text.transform((value, context) => {
    const reading = parseHostPort(value, defaultPort);
    if (reading.ok) return reading.value;
    context.addIssue({ code: 'custom', message: `\`${value.slice(0, 60)}\` ${reading.message}` });
    return z.NEVER;
  });
}

/** A whole number; the environment and flags know only text. */
function count(min: number, max: number) {
  const digits = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number);
  return z
    .union([z.int(), digits], { error: 'is not a whole number' })
    .pipe(z.int().min(min).max(max));
}

const durationMs = count(1, 86_400_000);

/** RFC 5321 §2.3.5, but with single labels: containers have such names. */
const hostname = text.regex(
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i,
  {
    error: 'is not a host name',
  },
);

const store = text.superRefine((location, context) => {
  const fault = storeLocationFault(location);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

/** `HOST:PORT,HOST:PORT` or a YAML list. */
const resolvers = z
  .union([z.array(z.string()), z.string().transform((list) => list.split(','))], {
    error: 'is not a list of HOST:PORT',
  })
  .pipe(z.array(hostPort(53)).max(10));

/** Every setting, with its unit in the name. All may be left out; `defaultSettings` says what then holds. */
export const settingsSchema = z.strictObject({
  /** Where clients connect. */
  listen: hostPort(null).exactOptional(),
  /** The MTA that mail is relayed to. */
  nextHop: hostPort(25).exactOptional(),
  /** Metrics and health. */
  http: hostPort(null).exactOptional(),
  stateDir: text.exactOptional(),
  store: store.exactOptional(),
  /** Resolvers; those of the system when left out. */
  dns: resolvers.exactOptional(),
  /** Overrides `policy.yaml: mode`. */
  mode: z.enum(['shadow', 'tag', 'enforce']).exactOptional(),
  rulesDir: text.exactOptional(),
  hostname: hostname.exactOptional(),
  /** Our name in Authentication-Results (RFC 8601 §2.5). */
  authservId: hostname.exactOptional(),
  /** Where a sender may ask about mail that was held, deferred or refused. */
  contactUrl: z
    .url({ protocol: /^(?:https?|mailto)$/, error: 'is not an http, https or mailto address' })
    .exactOptional(),
  maxMessageBytes: count(1024, 1_073_741_824).exactOptional(),
  maxRecipients: count(1, 100_000).exactOptional(),
  maxSessions: count(1, 100_000).exactOptional(),
  analysisDeadlineMs: durationMs.exactOptional(),
  dnsTimeoutMs: durationMs.exactOptional(),
  storeTimeoutMs: durationMs.exactOptional(),
  relayDeadlineMs: durationMs.exactOptional(),
  drainMs: count(0, 86_400_000).exactOptional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).exactOptional(),
});

export type SettingKey = keyof typeof settingsSchema.shape;

export const settingKeys = Object.keys(settingsSchema.shape) as readonly SettingKey[];

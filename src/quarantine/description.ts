import { z } from 'zod';
import { heldMessage } from './held-schema.ts';
import type { HeldStore, KeptBody } from './held-store.ts';
import type { KeyRing } from './key-ring.ts';
import { QuarantineError, errorCode, tooLarge } from './quarantine-error.ts';
import type { HeldMessage } from './quarantine.ts';
import { isSealed, sealAll, unseal } from './sealed-bytes.ts';

/**
 * Format of a description. What older programs pass over, such as one more field, leaves it as it is; one that is newer
 * than we know stays where it is, held, until it is read by who knows it.
 */
export const descriptionFormat = 1;

const maxDescriptionBytes = 4 * 1024 * 1024;
/** More than encryption adds to that. */
const sealingBytes = 4096;

/** How the bytes of a message are kept beside its description. */
export type Kept = KeptBody & {
  /** Our header fields, as base64. */
  readonly prefix: string;
};

/** `kept` is null for messages from before: their file begins with our header fields, and is not encrypted. */
export type Description = { readonly message: HeldMessage; readonly kept: Kept | null };

const kept = z.object({
  address: z.string().regex(/^[0-9a-f]{64}$/),
  isSealed: z.boolean(),
  prefix: z.base64(),
});

/** Those from before there were formats have none. */
const formatted = z.object({ format: z.int().positive().default(1) });

/** @throws when it could not be read back: such a message must not be acknowledged. */
export function renderDescription(
  { message, kept: how }: Description,
  ring: KeyRing | null,
): Buffer {
  const described = { format: descriptionFormat, ...message };
  const text = `${JSON.stringify(how === null ? described : { ...described, kept: how }, null, 2)}\n`;
  const bytes = Buffer.from(text);
  if (bytes.length > maxDescriptionBytes) throw new Error(tooLarge);
  parse(text);
  return ring === null ? bytes : sealAll(ring, bytes);
}

/**
 * Null where there is none.
 * @throws QuarantineError `damaged`, saying what is wrong with it, or `locked`; whatever keeps the store from reading it.
 */
export async function readDescription(
  store: Pick<HeldStore, 'name' | 'readDescription'>,
  id: string,
  ring: KeyRing | null,
): Promise<Description | null> {
  const bytes = await store.readDescription(id, maxDescriptionBytes + sealingBytes);
  if (bytes === null) return null;
  const name = `${store.name}/${id}.json`;
  try {
    const description = parse(plainText(bytes, ring));
    const described = description.message.id;
    if (described !== id) throw new Error(`describes message ${described}`);
    return description;
  } catch (error) {
    if (error instanceof QuarantineError)
      throw new QuarantineError(error.problem, `${name}: ${error.message}`, { cause: error });
    throw new QuarantineError('damaged', `${name} is damaged: ${errorCode(error)}`, {
      cause: error,
    });
  }
}

function plainText(bytes: Buffer, ring: KeyRing | null): string {
  if (!isSealed(bytes)) return bytes.toString();
  if (ring === null)
    throw new QuarantineError('locked', 'it is encrypted: name the key file of the quarantine');
  return unseal(bytes, ring).toString();
}

function parse(text: string): Description {
  const json: unknown = JSON.parse(text);
  const { format } = formatted.catch({ format: 1 }).parse(json);
  if (format > descriptionFormat)
    throw new QuarantineError(
      'damaged',
      `it was written by a newer Aliaswatch (format ${format}, this one reads ${descriptionFormat}); upgrade`,
    );
  const message = heldMessage.safeParse(json);
  const how = z.object({ kept: kept.nullable().default(null) }).safeParse(json);
  if (message.success && how.success) return { message: message.data, kept: how.data.kept };
  const [issue] = (message.error ?? how.error)?.issues ?? [];
  throw new Error(
    issue ? `${issue.path.join('.') || 'description'}: ${issue.message}` : 'not a description',
  );
}

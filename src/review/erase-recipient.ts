import { addressPattern } from '../audit/mentions-address.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { RecordKind, ReviewStore, StoredRecord } from './review-store.ts';
import { messageOf, recipientTag } from './watched-message.ts';

const pageSize = 500;
/** What is written by people and by the next hop may name anybody. */
const freeText: readonly RecordKind[] = ['act', 'approval', 'lesson'];

/**
 * Takes a person's address, and the subjects of mail to it, out of all that reviews keep; gives how many records changed.
 */
export async function eraseRecipient(
  store: ReviewStore,
  address: string,
  pseudonym: Pseudonym,
): Promise<number> {
  const isPerson = (other: string) => other.toLowerCase() === address.toLowerCase();
  const tag = recipientTag(address, pseudonym);
  let changed = 0;
  for (const id of await store.idsOf('message', [tag])) {
    await store.change('message', id, (record) =>
      record === null ? null : withoutRecipient(record, { isPerson, tag, address }),
    );
    changed++;
  }
  for (const kind of freeText)
    for await (const record of every(store, kind)) {
      if (withoutAddress(record.text, address) === record.text) continue;
      await store.change(kind, record.id, (found) =>
        found === null ? null : { ...found, text: withoutAddress(found.text, address) },
      );
      changed++;
    }
  return changed;
}

type Erasing = {
  readonly isPerson: (address: string) => boolean;
  readonly tag: string;
  readonly address: string;
};

function withoutRecipient(record: StoredRecord, { isPerson, tag, address }: Erasing): StoredRecord {
  const message = messageOf(record);
  const recipients = message.recipients.filter((recipient) => !isPerson(recipient));
  const text = JSON.stringify({ ...message, recipients, subject: '' });
  return {
    ...record,
    tags: record.tags.filter((other) => other !== tag),
    text: withoutAddress(text, address),
  };
}

async function* every(store: ReviewStore, kind: RecordKind): AsyncGenerator<StoredRecord> {
  for (let after: StoredRecord | null = null; ;) {
    const page: readonly StoredRecord[] = await store.newest(kind, {
      tag: null,
      limit: pageSize,
      after,
    });
    yield* page;
    after = page.at(-1) ?? null;
    if (after === null || page.length < pageSize) return;
  }
}

/** Text by text: in JSON quotes and line ends stand otherwise than in an address. */
function withoutAddress(text: string, address: string): string {
  const pattern = addressPattern(address);
  const erased = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? value.replace(pattern, 'erased') : value;
  return JSON.stringify(JSON.parse(text, erased));
}

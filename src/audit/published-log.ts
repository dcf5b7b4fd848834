import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { decodeHead, type AuditHead } from './audit-heads.ts';

/** How the log says that a head was published. */
export const auditHeadMessage = 'audit head';

/** Every head in a log of `serve`, as JSON lines; other lines are passed over. */
export async function readPublishedLog(path: string): Promise<readonly AuditHead[]> {
  const heads: AuditHead[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (!line.includes(`"${auditHeadMessage}"`)) continue;
    const head = headOf(line);
    if (head !== null) heads.push(head);
  }
  return heads;
}

function headOf(line: string): AuditHead | null {
  try {
    const { msg, writer, sequence, hash, at } = JSON.parse(line.replace(/^<\d>/, '')) as Record<
      string,
      unknown
    >;
    if (msg !== auditHeadMessage || typeof writer !== 'string') return null;
    return decodeHead(writer, `${String(sequence)} ${String(hash)} ${String(at)}`);
  } catch {
    return null;
  }
}

import type { Content } from '../smtp/content.ts';
import { withEdits } from './content-edits.ts';

/** The same message with its first `headLengthBytes` bytes replaced by `newHead`; nothing is copied or read yet. */
export function replaceHead(content: Content, headLengthBytes: number, newHead: Buffer): Content {
  return withEdits(content, [{ at: 0, removedBytes: headLengthBytes, insert: newHead }]);
}

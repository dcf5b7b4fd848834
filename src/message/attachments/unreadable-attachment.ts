/** Damaged, encrypted, or not what its header says. */
export class UnreadableAttachment extends Error {
  override readonly name = 'UnreadableAttachment';
}

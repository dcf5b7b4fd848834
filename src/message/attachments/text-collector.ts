import type { AttachmentText } from '../attachment-text.ts';
import { collapseSpace } from '../collapse-space.ts';
import { attachmentLimits } from './attachment-limits.ts';

/** Gathers what one attachment says: distinct, white space collapsed, within the limits. */
export type TextCollector = {
  readonly addBlock: (text: string) => void;
  /** A link target as written; what is no web address (`tel:`, a wallet) is text that somebody is to act on. */
  readonly addTarget: (target: string) => void;
  readonly isFull: () => boolean;
  readonly text: (kind: AttachmentText['kind']) => AttachmentText | null;
};

/** `text` is null while nothing has been said. */
export function createTextCollector(): TextCollector {
  const blocks = new Set<string>();
  const links = new Set<string>();
  let room: number = attachmentLimits.textLength;
  const addBlock = (text: string) => {
    const block = collapseSpace(text.slice(0, room));
    if (block === '' || blocks.has(block) || blocks.size >= attachmentLimits.blocks) return;
    blocks.add(block);
    room -= block.length;
  };
  const addTarget = (target: string) => {
    const written = target.trim();
    if (!/^https?:/i.test(written)) addBlock(written);
    else if (links.size < attachmentLimits.links && written.length <= room) {
      if (!links.has(written)) room -= written.length;
      links.add(written);
    }
  };
  return {
    addBlock,
    addTarget,
    isFull: () => room === 0 || blocks.size >= attachmentLimits.blocks,
    text: (kind) =>
      blocks.size + links.size === 0 ? null : { kind, blocks: [...blocks], links: [...links] },
  };
}

import { findHeaderBlock } from '../message/header-block.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { removeForgedFields } from './forged-fields.ts';
import { replaceHead } from './replace-head.ts';

/** Bytes that hold the header block; the front hop refuses longer ones. */
const maxHeaderBlockBytes = 256 * 1024;

/**
 * The transaction without fields that only we may write (RFC 8601 §5): done before anything reads the message, so that
 * what is analysed is what is relayed (promise P4).
 */
export async function withoutForgedFields(
  transaction: Transaction,
  authservId: string,
): Promise<Transaction> {
  const prefix = await transaction.content.prefix(maxHeaderBlockBytes);
  const { length } = findHeaderBlock(prefix);
  const block = prefix.subarray(0, length);
  const kept = removeForgedFields(block, authservId);
  if (kept === block) return transaction;
  return { ...transaction, content: replaceHead(transaction.content, length, kept) };
}

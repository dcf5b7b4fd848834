import { digest } from '../decision/campaign.ts';
import type { Approval } from './review.ts';
import type { StoredRecord } from './review-store.ts';

/** An approval, and the act that it came about by. */
export type ApprovalRecord = Approval & { readonly act: string };

export const defaultApprovalDays = 90;
export const mostApprovalDays = 3650;

export function approvalId({
  alias,
  table,
  value,
}: Pick<Approval, 'alias' | 'table' | 'value'>): string {
  return digest(alias, table, value);
}

/** Kept until it is taken back or replaced: how long each counts it says itself. */
export function storedApproval(approval: ApprovalRecord): StoredRecord {
  return {
    id: approvalId(approval),
    atMs: Date.parse(approval.at),
    untilMs: null,
    tags: [approvalTag(approval.alias)],
    text: JSON.stringify(approval),
  };
}

export function approvalOf({ text }: StoredRecord): ApprovalRecord {
  return JSON.parse(text) as ApprovalRecord;
}

export function approvalTag(alias: string): string {
  return `a:${alias}`;
}

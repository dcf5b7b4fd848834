import type { AuditLog } from '../audit/audit-log.ts';
import type { BaselineStore } from '../baseline/store.ts';
import type { ActiveRules } from '../dependencies.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { OrganizationLedgers } from '../organization/ledgers.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import type { Content } from '../smtp/content.ts';
import type { Reply } from '../smtp/reply.ts';
import type { Envelope } from '../smtp/transaction.ts';
import type { AttackNotices } from './notify-campaign.ts';
import type { Act } from './review.ts';
import type { ReviewStore } from './review-store.ts';

/** What acts of reviewers touch. */
export type ReviewDependencies = {
  readonly store: ReviewStore;
  readonly quarantine: Quarantine;
  readonly baselines: Pick<BaselineStore, 'commit' | 'retract'>;
  /** Null where nobody keeps ledgers. */
  readonly organization: Pick<OrganizationLedgers, 'count' | 'uncarry'> | null;
  readonly audit: AuditLog;
  /** Sends to the one recipient of the envelope and returns the next hop's last reply; never throws. */
  readonly deliver: (envelope: Envelope, content: Content) => Promise<Reply>;
  readonly rules: () => Pick<ActiveRules, 'catalogue' | 'lists'>;
  readonly pseudonym: Pseudonym;
  readonly now: () => Date;
  /** Null as long as they are not there. */
  readonly notices?: () => AttackNotices | null;
  /** What passed just now is remembered, so that lists are whole. */
  readonly flush?: () => Promise<void>;
  /** An act was done; an undo with what it took back. Never throws. */
  readonly onAct?: (act: Act, undone: Act | null) => void;
  /** Something that scoring heeds has changed. */
  readonly onChange?: () => Promise<void>;
};

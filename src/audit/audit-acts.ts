import type { AuditAct } from './audit-log.ts';

/** Every act there is; `satisfies` over Record keeps it complete when the union grows. */
export const auditActs = Object.keys({
  decision: 0,
  held: 0,
  released: 0,
  deleted: 0,
  expired: 0,
  'attack-confirmed': 0,
  'value-approved': 0,
  'message-approved': 0,
  undone: 0,
  'notice-sent': 0,
  'recipients-warned': 0,
  'incident-exported': 0,
  'rules-activated': 0,
  'breaker-opened': 0,
  'breaker-closed': 0,
  'logged-in': 0,
  'login-refused': 0,
  'session-revoked': 0,
  'token-changed': 0,
  'operator-changed': 0,
  'recipient-erased': 0,
} satisfies Record<AuditAct, 0>) as readonly AuditAct[];

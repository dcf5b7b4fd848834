export const defaultQuarantineDays = 30;

const dayMs = 86_400_000;

/** When a message that is held at `heldAt` (ISO 8601) has been held for `days`. */
export function expiryOf(heldAt: string, days: number): string {
  return new Date(Date.parse(heldAt) + days * dayMs).toISOString();
}

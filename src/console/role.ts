/** What somebody may do: a viewer sees, an operator acts on mail, an admin also on operators, tokens and rules. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Each role may all that the one before it may. */
export function mayAct(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

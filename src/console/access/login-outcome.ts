/** How operators log in: with a password of ours, or with a provider (OpenID Connect). */
export const loginMethods = ['password', 'oidc'] as const;
export type LoginMethod = (typeof loginMethods)[number];

/** How a login ended; `unavailable` is a provider that is down, so passwords have no such end. */
export const loginOutcomes = ['accepted', 'refused', 'limited', 'busy', 'unavailable'] as const;
export type LoginOutcome = (typeof loginOutcomes)[number];

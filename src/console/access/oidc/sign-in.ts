import type { AuditLog, AuditRecord } from '../../../audit/audit-log.ts';
import { accessRecord, type Access } from '../access.ts';
import { createLoginLimiter } from '../login-limiter.ts';
import { oidcNameOf, type Claims } from './oidc-name.ts';
import type { OidcOptions } from './oidc-options.ts';
import { oidcCredential, oidcRoleOf } from './oidc-role.ts';
import { createPendingSignIns, type PendingSignIn } from './pending-sign-ins.ts';
import { createProvider, providerTimeoutMs, type Provider } from './provider.ts';
import { faultOf, ProviderFault } from './provider-fault.ts';
import { authorizationUrl, redeemCode } from './redeem-code.ts';

export type Begun =
  | { readonly outcome: 'begun'; readonly url: string }
  | { readonly outcome: 'limited'; readonly waitSeconds: number }
  | { readonly outcome: 'unavailable'; readonly fault: ProviderFault };

export type Finished =
  | {
      readonly outcome: 'accepted';
      readonly secret: string;
      /** A path of our own, where the browser wanted to go. */
      readonly next: string;
    }
  | { readonly outcome: 'busy'; readonly waitSeconds: number }
  | { readonly outcome: 'unavailable'; readonly fault: ProviderFault }
  /** `reason`: a sentence for whoever wanted to sign in; `fault` where it is the provider's. */
  | {
      readonly outcome: 'refused';
      readonly reason: string;
      readonly fault: ProviderFault | null;
    };

/** Sign-in with a provider: there, and back. */
export type SignIn = Pick<Provider, 'trouble' | 'signOutUrl'> & {
  /** `cookie` is a secret that this browser alone has. */
  readonly begin: (from: {
    readonly address: string;
    readonly cookie: string;
    readonly next: string;
  }) => Promise<Begun>;
  /** `fields` are those that the browser brought back from the provider, hostile. */
  readonly finish: (back: {
    readonly address: string;
    readonly cookie: string;
    readonly fields: URLSearchParams;
  }) => Promise<Finished>;
};

export type SignInOptions = {
  readonly oidc: OidcOptions;
  readonly sessions: Access['sessions'];
  readonly audit: Pick<AuditLog, 'append'> | null;
  readonly now: () => Date;
};

/** Begun, and not finished well, by one address. */
const limits = { perAddress: 30, perName: 30, windowMs: 15 * 60_000 };
/** Sign-ins for which the provider is asked at once. */
const maxAtOnce = 16;
const busySeconds = 5;
/** OpenID Connect Core §2. */
const longestSubject = 255;

const notOurs =
  'This sign-in was not begun in this browser, or is finished already, or took too long. Begin again.';

/** @throws when a sign-in cannot be recorded: nobody is in who is not on record. */
export function createSignIn({ oidc, sessions, audit, now }: SignInOptions): SignIn {
  const clockMs = () => now().getTime();
  const provider = createProvider(oidc, clockMs);
  const pending = createPendingSignIns(clockMs);
  const limiter = createLoginLimiter(() => performance.now(), limits);
  let running = 0;

  const record = async (
    act: 'logged-in' | 'login-refused',
    name: string,
    facts: AuditRecord['facts'],
    personal: AuditRecord['personal'],
  ) => {
    const actor = { kind: 'operator', name, via: 'console' } as const;
    await audit?.append(accessRecord(act, actor, '', { method: 'oidc', ...facts }, personal));
  };
  const admit = async (claims: Claims, address: string, next: string): Promise<Finished> => {
    const name = oidcNameOf(claims, oidc.nameClaim);
    const role = oidcRoleOf(claims, oidc);
    const personal = { address, subject: claims.sub.slice(0, longestSubject) };
    if (role === null) {
      await record('login-refused', name, { known: false, cause: 'no role' }, personal);
      return { outcome: 'refused', reason: noRole(name, oidc), fault: null };
    }
    await record('logged-in', name, { role }, personal);
    limiter.succeeded(address, null);
    const credential = oidcCredential(role, oidc);
    const secret = sessions.begin({ operator: name, credential, address });
    return { outcome: 'accepted', secret, next };
  };
  const turnAway = async (fault: ProviderFault, address: string): Promise<Finished> => {
    if (fault.kind === 'unavailable') return { outcome: 'unavailable', fault };
    const facts = { known: false, cause: `the provider ${fault.message}` };
    await record('login-refused', 'nobody', facts, { address });
    return { outcome: 'refused', reason: `The provider ${fault.message}.`, fault };
  };
  const identify = async (one: PendingSignIn, fields: URLSearchParams) => {
    try {
      return await redeemCode(await provider.configure(), oidc, one, fields);
    } catch (error) {
      return faultOf(error, providerTimeoutMs);
    }
  };
  return {
    trouble: provider.trouble,
    signOutUrl: provider.signOutUrl,
    begin: async ({ address, cookie, next }) => {
      const waitSeconds = limiter.attempt(address, null);
      if (waitSeconds !== null) return { outcome: 'limited', waitSeconds };
      try {
        const configuration = await provider.configure();
        const one = pending.begin({ cookie, next });
        return { outcome: 'begun', url: await authorizationUrl(configuration, oidc, one) };
      } catch (error) {
        return { outcome: 'unavailable', fault: faultOf(error, providerTimeoutMs) };
      }
    },
    finish: async ({ address, cookie, fields }) => {
      if (running >= maxAtOnce) return { outcome: 'busy', waitSeconds: busySeconds };
      const one = pending.take(fields.get('state') ?? '', cookie);
      if (one === null) return { outcome: 'refused', reason: notOurs, fault: null };
      running += 1;
      try {
        const found = await identify(one, fields);
        return found instanceof ProviderFault
          ? await turnAway(found, address)
          : await admit(found, address, one.next);
      } finally {
        running -= 1;
      }
    },
  };
}

function noRole(name: string, { roleClaim }: OidcOptions): string {
  return `The provider knows you as ${name.replace(/^oidc:/, '')}, but nothing in the claim ${roleClaim} has a role here. Ask whoever runs the proxy: the setting oidcRoles says who may do what.`;
}

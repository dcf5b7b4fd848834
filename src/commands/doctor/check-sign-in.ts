import type { Settings } from '../../config/settings.ts';
import { oidcOptionsOf, readClientSecret } from '../../console/access/oidc/oidc-options.ts';
import { createProvider } from '../../console/access/oidc/provider.ts';
import { failed, messageOf, ok, type Finding } from './finding.ts';

const name = 'sign-in';

/** The OpenID Connect provider that operators sign in with; null where none is set. */
export async function checkSignIn(settings: Settings): Promise<Finding | null> {
  try {
    const oidc = oidcOptionsOf(settings);
    if (oidc === null || settings.console === 'off') return null;
    await readClientSecret(oidc);
    return await checkProvider(oidc);
  } catch (error) {
    return failed(name, messageOf(error), ['serve does not start like this: correct the setting']);
  }
}

async function checkProvider(oidc: NonNullable<ReturnType<typeof oidcOptionsOf>>) {
  try {
    await createProvider(oidc, () => performance.now()).configure();
    return ok(name, `${oidc.issuer} answers, and names all that a sign-in needs`);
  } catch (error) {
    return failed(name, `${oidc.issuer} ${messageOf(error)}`, [
      'open /.well-known/openid-configuration below it: `issuer` there must be --oidc-issuer, letter for letter',
      'where its certificate is of an authority of your own, start with NODE_EXTRA_CA_CERTS=FILE',
    ]);
  }
}

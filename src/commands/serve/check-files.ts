import { loadArcKey } from '../../arc-key.ts';
import type { Settings } from '../../config/settings.ts';
import { consoleCertificateOf } from '../../console-in-background.ts';
import { oidcOptionsOf, readClientSecret } from '../../console/access/oidc/oidc-options.ts';
import { readOperators } from '../../console/access/operators.ts';
import { refuseMilterSettings } from '../../milter-settings.ts';
import { nextHopRoute } from '../../next-hop-route.ts';
import { readKeyFile } from '../../quarantine/key-ring.ts';
import { certificateFiles, loadCertificate } from '../../smtp/certificate.ts';
import { tellsNobodyOfExpiry } from '../../desk.ts';
import { mustLoad, type StartUpCheck } from './start-up-check.ts';

const pemHint =
  'name a PEM file that the user of serve can read, and a key that belongs to the certificate';

/** Files that settings name, read as the server will read them, and settings that do not go together. */
export const fileChecks: readonly StartUpCheck[] = [
  mustLoad('tlsCertFile', { reads: ['tlsKeyFile'], hint: pemHint }, async (settings) => {
    const files = certificateFiles(settings);
    if (files !== null) await loadCertificate(files);
  }),
  mustLoad(
    'consoleTlsCertFile',
    { reads: ['consoleTlsKeyFile', 'console'], hint: pemHint },
    async (settings) => {
      const files = consoleCertificateOf(settings);
      if (files !== null) await loadCertificate(files);
    },
  ),
  mustLoad(
    'nextHopTlsCaFile',
    { reads: ['nextHopTls', 'nextHop'], hint: 'name a PEM file of who signs its certificate' },
    (settings) => nextHopRoute({ ...settings, nextHop: settings.nextHop ?? [] }),
  ),
  mustLoad(
    'arcKeyFile',
    {
      reads: ['arcDomain', 'arcSelector'],
      hint: 'make one with openssl genrsa -out FILE 2048, readable for the user of serve',
    },
    loadArcKey,
  ),
  mustLoad(
    'quarantineKeyFile',
    { hint: 'one key a line, each made with openssl rand -hex 32' },
    async ({ quarantineKeyFile }) => {
      if (quarantineKeyFile !== null) await readKeyFile(quarantineKeyFile);
    },
  ),
  mustLoad(
    'oidcIssuer',
    {
      reads: ['oidcClientId', 'oidcClientSecretFile', 'oidcRoles', 'consoleUrl', 'passwordLogin'],
      hint: 'docs/operators.md has a whole example',
    },
    async (settings) => {
      const oidc = oidcOptionsOf(settings);
      if (oidc !== null) await readClientSecret(oidc);
    },
  ),
  mustLoad(
    'operatorsFile',
    { hint: 'add the first with aliaswatch operator add NAME --role admin' },
    checkOperators,
  ),
  mustLoad(
    'quarantineExpiry',
    { reads: ['noticeMode', 'noticeTo', 'noticeRecipients'], hint: 'or choose release-tagged' },
    (settings) => {
      const reason = tellsNobodyOfExpiry(settings);
      if (reason !== null) throw new Error(reason);
    },
  ),
  mustLoad(
    'milterListen',
    {
      reads: ['nextHop', 'bareLineEndings', 'noticeMode', 'noticeTo', 'noticeRecipients'],
      hint: 'docs/milter.md says what differs from the front hop',
    },
    (settings) => {
      // A next hop that is missing is told of already.
      if (settings.milterListen !== null) refuseMilterSettings(settings);
    },
  ),
];

/** One that is only usual may be absent, and is looked at again at each login. */
async function checkOperators({ operatorsFile }: Settings): Promise<void> {
  if (operatorsFile === null) return;
  const state = await readOperators(operatorsFile);
  if (state.kind === 'unusable') throw new Error(state.message);
}

import { X509Certificate } from 'node:crypto';
import type { Settings } from '../../config/settings.ts';
import { certificateFiles, loadCertificate } from '../../smtp/certificate.ts';
import { failed, messageOf, ok, warning, type Finding } from './finding.ts';

const name = 'certificate';
const dayMs = 86_400_000;
const soonDays = 14;
const renew = ['renew it (certbot renew); serve takes up the new files by itself'];

/** Our own, for STARTTLS; null where none is configured. */
export async function checkCertificate(
  settings: Pick<Settings, 'tlsCertFile' | 'tlsKeyFile' | 'hostname'>,
  nowMs: number,
): Promise<Finding | null> {
  try {
    const files = certificateFiles(settings);
    if (files === null) return null;
    const { cert } = await loadCertificate(files);
    return validity(new X509Certificate(cert), settings.hostname, nowMs);
  } catch (error) {
    return failed(name, messageOf(error), [
      'name files that this user can read, and a key that belongs to the certificate',
    ]);
  }
}

function validity(certificate: X509Certificate, hostname: string, nowMs: number): Finding {
  const { validFromDate, validToDate } = certificate;
  const until = validToDate.toISOString().slice(0, 10);
  const days = Math.floor((validToDate.getTime() - nowMs) / dayMs);
  if (validFromDate.getTime() > nowMs)
    return failed(name, `is valid only from ${validFromDate.toISOString().slice(0, 10)}`, renew);
  if (days < 0) return failed(name, `expired on ${until}`, renew);
  if (days < soonDays) return warning(name, `expires on ${until}, in ${days} days`, renew);
  if (certificate.checkHost(hostname) === undefined) {
    return warning(name, `valid until ${until}, but not for ${hostname}, as which we greet`, [
      'set --hostname to a name in the certificate, or ask for one with this name: clients that check it (MTA-STS, DANE) would not send',
    ]);
  }
  return ok(name, `valid for ${hostname} until ${until}`);
}

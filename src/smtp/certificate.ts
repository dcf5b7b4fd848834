import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** PEM files. */
export type CertificateFiles = {
  readonly certFile: string;
  readonly keyFile: string;
  /** How often they are looked at; ten seconds when absent. */
  readonly everyMs?: number;
};

export type Certificate = { readonly cert: Buffer; readonly key: Buffer };

/** How often the files are looked at: a renewed certificate is in use soon after, without a restart. */
const lookEveryMs = 10_000;

/** @throws Error in one sentence when there is a key without a certificate. */
export function certificateFiles(settings: {
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
}): CertificateFiles | null {
  const { tlsCertFile: certFile, tlsKeyFile: keyFile } = settings;
  if (certFile === null && keyFile === null) return null;
  if (certFile === null || keyFile === null)
    throw new Error('tlsKeyFile is given without tlsCertFile: name the certificate, too');
  return { certFile, keyFile };
}

/** @throws Error in one sentence when the files cannot be read, or hold no pair of certificate and key. */
export async function loadCertificate({
  certFile,
  keyFile,
}: CertificateFiles): Promise<Certificate> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`the certificate ${certFile} with key ${keyFile} cannot be used: ${reason}`, {
      cause: error,
    });
  }
}

export type CertificateWatch = {
  readonly files: CertificateFiles;
  /** The one in use. */
  readonly current: Certificate;
  readonly onChange: (certificate: Certificate) => void;
  /** Files that cannot be used; told once per reason, the certificate in use stays. */
  readonly onError: (error: Error) => void;
};

/**
 * Looks at the content and not for events: certificates are renewed through symbolic links, on network disks, and one
 * file after the other, so that certificate and key may not belong together for a moment.
 */
export function watchCertificate(watch: CertificateWatch): Disposable {
  const { files, onChange, onError } = watch;
  let { current } = watch;
  let told = '';
  let isLooking = false;
  const look = async (): Promise<void> => {
    try {
      const found = await loadCertificate(files);
      told = '';
      if (found.cert.equals(current.cert) && found.key.equals(current.key)) return;
      current = found;
      onChange(found);
    } catch (error) {
      const { message } = error as Error;
      if (message !== told) onError(error as Error);
      told = message;
    }
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => (isLooking = false));
  }, files.everyMs ?? lookEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

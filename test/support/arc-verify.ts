import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { debianPython } from './installed.ts';

/** What dkimpy makes of the ARC chain of a message: `pass`, `fail` or `none`, and one entry per set, newest first. */
export type ArcVerdict = {
  readonly result: string;
  readonly reason: string;
  readonly sets: readonly {
    readonly instance: number;
    readonly cv: string;
    readonly messageSignature: boolean;
    readonly seal: boolean;
  }[];
};

// Messages travel as JSON strings of one character per byte. The keys come from our own DNS server, in real packets.
const program = `
import sys, json, dkim, dns.resolver
job = json.load(sys.stdin)
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ['127.0.0.1']
resolver.port = job['port']
def txt(name, timeout=5):
    try:
        answer = resolver.resolve(name.decode(), 'TXT', lifetime=timeout)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    return b''.join(answer[0].strings)
cv, sets, reason = dkim.arc_verify(job['message'].encode('latin-1'), dnsfunc=txt)
print(json.dumps({
    'result': (cv or b'none').decode(),
    'reason': reason,
    'sets': [{
        'instance': entry['instance'],
        'cv': entry['cv'].decode(),
        'messageSignature': entry['ams-valid'],
        'seal': entry['as-valid'],
    } for entry in sets],
}))
`;

/** Asks python3-dkim, which shares no code with us. `dns` is `127.0.0.1:port`. */
export async function arcVerify(message: Buffer, dns: string): Promise<ArcVerdict> {
  const child = spawn(debianPython, ['-c', program]);
  const exited = once(child, 'exit');
  const port = Number(dns.slice(dns.lastIndexOf(':') + 1));
  child.stdin.end(JSON.stringify({ message: message.toString('latin1'), port }));
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  if (output === '') throw new Error(`dkimpy: ${complaints}`);
  return JSON.parse(output) as ArcVerdict;
}

import { open, record } from './samples.ts';
import { scriptedAuditDisk } from './scripted-audit-disk.ts';

// Run as a child: appends three records and kills itself just before the given call of the disk.
const [directory = '', fatalCall = ''] = process.argv.slice(2);
let calls = 0;
const disk = scriptedAuditDisk(() => {
  if (String(calls++) === fatalCall) process.kill(process.pid, 'SIGKILL');
});
const audit = open(directory, { disk });
for (let n = 0; n < 3; n++) {
  await audit.append(record({ facts: { n } }));
  process.stdout.write(`${n}\n`);
}
process.kill(process.pid, 'SIGKILL');

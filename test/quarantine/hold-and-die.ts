import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { content, heldMessage, prefix } from './samples.ts';
import { scriptedDisk } from './scripted-disk.ts';

// Run as a child: holds one message and kills itself just before the given call of the disk.
const [directory = '', fatalCall = ''] = process.argv.slice(2);
let calls = 0;
const disk = scriptedDisk(() => {
  if (String(calls++) === fatalCall) process.kill(process.pid, 'SIGKILL');
});
const quarantine = await openQuarantine(directory, { disk });
await quarantine.hold(heldMessage(), prefix, content);
process.stdout.write('held\n');
if (String(calls) === fatalCall) process.kill(process.pid, 'SIGKILL');

/** Second half of `npm run build`: what the compiled program reads beside its modules, which tsc does not copy. */
import { cp, glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/', import.meta.url);
const target = new URL('../dist/', import.meta.url);

for await (const path of glob(['**/*.lua', 'console/assets/*'], { cwd: fileURLToPath(source) })) {
  await cp(new URL(path, source), new URL(path, target));
}

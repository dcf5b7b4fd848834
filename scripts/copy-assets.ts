/** Second half of `npm run build`: what the compiled program reads beside its modules, which tsc does not copy. */
import { cp, glob } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const source = fileURLToPath(new URL('../src/', import.meta.url));
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
/** `dist/`, unless another folder is named. */
const [target = dist] = parseArgs({ allowPositionals: true }).positionals;

for await (const path of glob(['**/*.lua', 'console/assets/*'], { cwd: source })) {
  await cp(join(source, path), join(target, path));
}

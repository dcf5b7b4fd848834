import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The program from source: Node takes the types off at each start, and keeps what does that in memory. */
export const sourceProgram = join(root, 'src/main.ts');

/** The program as `npm run build` makes it, in a folder of its own; disposing removes it. */
export async function buildGateway(): Promise<AsyncDisposable & { readonly program: string }> {
  await using building = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-build-'));
  building.defer(() => rm(folder, { recursive: true, force: true }));
  const dist = join(folder, 'dist');
  await mkdir(dist);
  const run = (script: string, ...flags: readonly string[]) =>
    promisify(execFile)(process.execPath, [join(root, script), ...flags], { cwd: root });
  await run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', dist);
  await run('scripts/copy-assets.ts', dist);
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const built = building.move();
  return {
    program: join(dist, 'main.js'),
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  };
}

/** Files that run one after another; several of them share a process. */
export type TestJob = { readonly name: string; readonly files: readonly string[] };

/**
 * What measures its own process, ends it, or needs servers of which each file has its own: a process for each file. The
 * slowest come first, so that none of them runs alone at the end.
 */
const alone = [
  'end-to-end',
  'deploy',
  'faults',
  'bench',
  'docs',
  'quarantine',
  'baseline',
  'authentication',
  'large-messages',
  'workers',
  'console/access/oidc/lazy.test.ts',
];

/** Of what shares a process, these take longest: they come before the rest. */
const longest = ['test/console', 'test/commands', 'test/activation'];

/** To start Node and to load what is tested takes longer than most files do: so many share it. */
const filesTogether = 10;

/** All those files, a folder after another. */
export function testJobs(files: readonly string[]): TestJob[] {
  const rankOf = (file: string) =>
    alone.findIndex((place) => `${file}/`.startsWith(`test/${place}/`));
  const ofAlone = files
    .filter((file) => rankOf(file) >= 0)
    .sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b));
  const folders = new Map<string, string[]>();
  for (const file of files.filter((each) => rankOf(each) < 0).sort()) {
    const parts = file.split('/');
    const folder = parts.length > 2 ? `${parts[0]}/${parts[1]}` : (parts[0] ?? '');
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const together = [...folders].flatMap(([folder, inFolder]) => chunksOf(folder, inFolder));
  return [
    ...ofAlone.map((file) => ({ name: file, files: [file] })),
    ...together.sort(
      (a, b) => Number(isLong(b)) - Number(isLong(a)) || b.files.length - a.files.length,
    ),
  ];
}

function isLong({ files: [file = ''] }: TestJob): boolean {
  return longest.some((folder) => file.startsWith(`${folder}/`));
}

/** Every so manieth file to each, since those that take long lie side by side. */
function chunksOf(folder: string, files: readonly string[]): readonly TestJob[] {
  const count = Math.ceil(files.length / filesTogether);
  return Array.from({ length: count }, (_, index) => ({
    name: count === 1 ? folder : `${folder} (${index + 1} of ${count})`,
    files: files.filter((_file, at) => at % count === index),
  }));
}

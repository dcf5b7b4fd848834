import { Command, InvalidArgumentError, Option } from 'commander';
import { subjectNames } from './bench-report.ts';
import { harakaPackages } from './peers/haraka.ts';

/** What a run measures unless it is told otherwise. */
export const usualParts = [
  'throughput',
  'sizes',
  'latency',
  'interference',
  'memory',
  'workers',
  'stages',
] as const;
/** Other benches, each a program of its own, that print what they found. */
export const otherParts = ['large', 'quarantine', 'backtest', 'growth'] as const;
export type Part = (typeof usualParts)[number] | (typeof otherParts)[number];
const allParts: readonly Part[] = [...usualParts, ...otherParts];
const allSubjects = Object.values(subjectNames);

export type BenchOptions = {
  readonly only: readonly Part[];
  readonly rounds: number;
  readonly messages: number;
  readonly bytes: number;
  readonly sessions: number;
  readonly seconds: number;
  readonly workers: number;
  /** Names of subjects; null for all. */
  readonly subjects: readonly string[] | null;
  readonly source: boolean;
  readonly peers: boolean;
  readonly installPeers: boolean;
  readonly haraka: string | null;
  readonly soak: number | null;
  readonly profile: string | null;
  /** True: JSON on standard output instead of tables; a text: a file that gets it besides. */
  readonly json: boolean | string;
  readonly writeReadme: boolean;
};

/** Ends the process where the flags are wrong, or ask for help. */
export function readBenchOptions(argv: readonly string[]): BenchOptions {
  return benchCommand().parse(argv, { from: 'user' }).opts<BenchOptions>();
}

export function benchCommand(): Command {
  return new Command('npm run bench --')
    .description(
      'What one message costs, everything side by side in one run on loopback: smtp-sink alone, a relay of the same libraries with and without mailauth, the gateway for unwatched mail and for watched mail on SQLite and on Redis, and other filters where they are installed. Read the ratios: each is taken within a round. Needs postfix (for smtp-sink) and, for its parts, redis-server.',
    )
    .addOption(
      new Option('--only <parts>', `comma-separated, of: ${allParts.join(', ')}`)
        .argParser(listOf(allParts))
        .default(usualParts, usualParts.join(',')),
    )
    .option(
      '--rounds <n>',
      'rounds that are measured, after one twice as long that warms up',
      whole,
      5,
    )
    .option(
      '--messages <n>',
      'messages of a turn; slow filters and large mail get fewer',
      whole,
      2000,
    )
    .option('--bytes <n>', 'length of a message', whole, 5000)
    .option('--sessions <n>', 'connections at a time; for memory four times as many', whole, 50)
    .option('--seconds <n>', 'length of a turn in which mail arrives by itself', whole, 3)
    .option('--workers <n>', 'processes that are compared with one (part workers)', whole, 2)
    .addOption(
      new Option('--subjects <names>', `comma-separated, of: ${allSubjects.join(', ')}`)
        .argParser(listOf(allSubjects))
        .default(null, 'all'),
    )
    .option('--source', 'run the gateway from source instead of building it first', false)
    .option('--no-peers', 'leave other filters out where they are installed')
    .option(
      '--install-peers',
      'get what is missing: Haraka by npm into a folder that is removed at the end, rspamd and spamd by apt-get into this system (root)',
      false,
    )
    .addOption(
      new Option('--haraka <folder>', 'folder with Haraka, see below').default(null, 'none'),
    )
    .addOption(
      new Option('--soak <messages>', 'besides: whether memory grows over that many messages')
        .argParser(whole)
        .default(null, 'not run'),
    )
    .addOption(
      new Option(
        '--profile <folder>',
        'besides: a .cpuprofile (Chrome, VS Code, speedscope) and a flame graph (SVG) of the gateway',
      ).default(null, 'not run'),
    )
    .option(
      '--json [file]',
      'JSON instead of tables; with a file, the file besides the tables',
      false,
    )
    .option('--write-readme', 'replace the table of README.md; takes all usual parts', false)
    .addHelpText(
      'after',
      [
        '',
        'Other filters are measured where they are found:',
        '  rspamd, SpamAssassin  apt-get install --no-install-recommends rspamd spamd',
        `  Haraka                npm install --prefix FOLDER ${harakaPackages.join(' ')}`,
        '                        and --haraka FOLDER',
        '',
        'Examples:',
        '  npm run bench -- --only throughput --messages 500 --source',
        '  npm run bench -- --only latency --subjects "bare relay,unwatched"',
        '  npm run bench -- --only stages --json',
        '  npm run bench -- --profile profiles --only stages',
        '  npm run bench -- --soak 200000 --only memory',
        '  npm run bench -- --install-peers --write-readme --json bench.json',
      ].join('\n'),
    );
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('write a whole number from 1 on, such as 5');
  return Number(text);
}

function listOf<Name extends string>(names: readonly Name[]): (text: string) => readonly Name[] {
  return (text) =>
    text.split(',').map((name) => {
      const known = names.find((other) => other === name.trim());
      if (known === undefined) throw new InvalidArgumentError(`write some of ${names.join(', ')}`);
      return known;
    });
}

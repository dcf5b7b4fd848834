import type { Growth, MessageCost } from './measure-growth.ts';

const lines: readonly (readonly [keyof MessageCost, string, number])[] = [
  ['cpuMs', 'CPU ms of our process', 3],
  ['wallMs', 'wall ms, 16 at once', 3],
  ['serverCpuMs', 'CPU ms of the Redis server', 3],
  ['commands', 'commands that Redis runs', 1],
  ['commandBytes', 'bytes to Redis', 0],
  ['replyBytes', 'bytes from Redis', 0],
  ['writtenBytes', 'bytes written to files', 0],
];

export function growthText({ store, spread, days, copies, small, large, ratios }: Growth): string {
  const format = (value: number) => new Intl.NumberFormat('en').format(value);
  const state = ({ aliases, messages }: Growth['small']) =>
    `${format(aliases)} aliases / ${format(messages)}`;
  const row = (name: string, ...cells: readonly string[]) =>
    `${name.padEnd(32)}${cells.map((cell) => cell.padStart(30)).join('')}\n`;
  return [
    `${store}, ${spread} over ${days} days${copies === 1 ? '' : `, each ledger on ${copies} aliases`}; of one more message\n`,
    row('', state(small), state(large), 'ratio'),
    ...lines.flatMap(([name, title, digits]) =>
      small.cost[name] === 0
        ? []
        : [
            row(
              title,
              small.cost[name].toFixed(digits),
              large.cost[name].toFixed(digits),
              ratios[name]?.toFixed(2) ?? '',
            ),
          ],
    ),
    ...(['first', 'later', 'far'] as const).map((kind) =>
      row(
        titles[kind],
        ...[small, large].map((state) => ofKind(state, kind)),
        ratioOf(small.kinds[kind]?.cpuMs, large.kinds[kind]?.cpuMs),
      ),
    ),
    row(
      'bytes kept per alias',
      format(Math.round(small.baselineBytesPerAlias)),
      format(Math.round(large.baselineBytesPerAlias)),
    ),
    row(
      'bytes of the organization',
      format(small.organizationBytes),
      format(large.organizationBytes),
    ),
    `learned in ${large.seconds.toFixed(0)} s; opened and listed in ${large.reopenMs.toFixed(0)} ms; one alias read in ${large.describeMs.toFixed(1)} ms\n\n`,
  ].join('');
}

const titles = {
  first: "CPU ms, an alias's first today",
  later: 'CPU ms, a later one',
  far: 'CPU ms, snapshot not at hand',
};

function ofKind({ shares, kinds }: Growth['small'], kind: keyof typeof titles): string {
  const cost = kinds[kind];
  return cost === null
    ? ''
    : `${cost.cpuMs.toFixed(3)} (${(100 * shares[kind]).toFixed(0)} % of mail)`;
}

function ratioOf(small?: number, large?: number): string {
  return small === undefined || large === undefined ? '' : (large / small).toFixed(2);
}

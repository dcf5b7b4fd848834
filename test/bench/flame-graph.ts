import { basename } from 'node:path';
import { escapeHtml } from '../../src/commands/escape-html.ts';

/** Profiler.Profile of https://chromedevtools.github.io/devtools-protocol/v8/Profiler/, what of it is used. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
};

type Node = CpuProfile['nodes'][number];

const [width, rowHeight, narrowest] = [1600, 18, 0.5];
/** No work of the program. */
const idle = new Set(['(idle)', '(program)']);

/** The stacks of a profile as one SVG: each box as wide as its time, callers above, the widest first; names and shares on hovering. Pure. */
export function flameGraph({ nodes, samples, timeDeltas }: CpuProfile, title: string): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries())
    own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const childrenOf = ({ children = [] }: Node) =>
    children.flatMap((id) => byId.get(id) ?? []).filter(isWork);
  const spent = new Map<Node, number>();
  const add = (node: Node): number => {
    const below = childrenOf(node).reduce((sum, child) => sum + add(child), 0);
    const sum = below + (own.get(node.id) ?? 0);
    spent.set(node, sum);
    return sum;
  };
  const root = nodes[0];
  const total = root === undefined ? 0 : add(root);
  const boxes: string[] = [];
  let depths = 1;
  const draw = (node: Node, x: number, depth: number) => {
    const time = spent.get(node) ?? 0;
    const wide = (time / total) * width;
    if (!(wide >= narrowest)) return;
    depths = Math.max(depths, depth + 1);
    boxes.push(boxOf(node, { x, wide, y: depth * rowHeight + 24, time, share: time / total }));
    const ranked = childrenOf(node).sort((a, b) => (spent.get(b) ?? 0) - (spent.get(a) ?? 0));
    for (const child of ranked) {
      draw(child, x, depth + 1);
      x += ((spent.get(child) ?? 0) / total) * width;
    }
  };
  if (root !== undefined) draw(root, 0, 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${depths * rowHeight + 30}" font-family="monospace" font-size="11">`,
    `<text x="4" y="16">${escapeHtml(title)}: ${(total / 1000).toFixed(0)} ms of work</text>`,
    ...boxes,
    '</svg>\n',
  ].join('\n');
}

function isWork({ callFrame }: Node): boolean {
  return !idle.has(callFrame.functionName);
}

type Box = {
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly time: number;
  readonly share: number;
};

function boxOf({ callFrame }: Node, { x, y, wide, time, share }: Box): string {
  const name = callFrame.functionName || '(anonymous)';
  const place =
    callFrame.url === '' ? '' : ` ${basename(callFrame.url)}:${callFrame.lineNumber + 1}`;
  const hue = callFrame.url.includes('node_modules')
    ? 30
    : callFrame.url.includes('/src/') || callFrame.url.includes('/dist/')
      ? 200
      : 60;
  const shown = `${name}${place}`.slice(0, Math.max(0, Math.floor(wide / 6.7) - 1));
  const title = `${name}${place}: ${(time / 1000).toFixed(1)} ms, ${(share * 100).toFixed(1)} %`;
  return `<g><title>${escapeHtml(title)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight - 1}" fill="hsl(${hue} 70% 75%)"/><text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escapeHtml(shown)}</text></g>`;
}

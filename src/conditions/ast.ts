import type { ASTNode } from '@marcbachmann/cel-js';
import { macros } from './functions.ts';

/** A node of a checked expression; the checker leaves the type of each behind. */
export type Node = ASTNode;

/** A macro call: `list.exists(item, …)`. */
export type MacroCall = {
  readonly name: string;
  readonly over: Node;
  /** Node of the name that stands for an item. */
  readonly item: Extract<Node, { op: 'id' }>;
  /** What is asked or made of each item. */
  readonly bodies: readonly Node[];
};

export function macroCallOf(node: Node): MacroCall | null {
  if (node.op !== 'rcall') return null;
  const [name, over, [item, ...bodies]] = node.args;
  const isMacro = (macros as readonly string[]).includes(name);
  return isMacro && item?.op === 'id' ? { name, over, item, bodies } : null;
}

/** The nodes right below one, in order; of a macro without the name of its item. */
export function childrenOf(node: Node): readonly Node[] {
  const macro = macroCallOf(node);
  if (macro !== null) return [macro.over, ...macro.bodies];
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** Where the name of a called method or an accessed field stands, behind its receiver. */
export function nameOffset(node: Node, receiver: Node, name: string): number {
  const found = node.input.indexOf(name, receiver.end);
  return found === -1 ? node.start : found;
}

/** Text of a literal, or null. */
export function literalText(node: Node | undefined): string | null {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : null;
}

/** Number of a literal, negative ones included, or null. */
export function literalNumber(node: Node | undefined): number | null {
  if (node?.op === '-_') {
    const positive = literalNumber(node.args);
    return positive === null ? null : -positive;
  }
  if (node?.op !== 'value') return null;
  return typeof node.args === 'number' || typeof node.args === 'bigint' ? Number(node.args) : null;
}

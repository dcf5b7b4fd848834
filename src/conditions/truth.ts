import { childrenOf, literalNumber, literalText, macroCallOf, type Node } from './ast.ts';
import type { ValueType } from './field.ts';

/** What is known of an expression whatever the message: always true, never true, or null where it depends. */
export type Certainty = boolean | null;

type Types = ReadonlyMap<Node, ValueType>;

/** Whether an expression can be true at all, and whether it can be false; cautious: null where that is not plain. */
export function certaintyOf(node: Node, types: Types): Certainty {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'boolean' ? node.args : null;
    case '!_': {
      const inner = certaintyOf(node.args, types);
      return inner === null ? null : !inner;
    }
    case '&&': {
      const parts = partsOf(node, '&&');
      const found = parts.map((part) => certaintyOf(part, types));
      if (found.includes(false) || contradicts(parts)) return false;
      return found.every((part) => part === true) ? true : null;
    }
    case '||': {
      const found = partsOf(node, '||').map((part) => certaintyOf(part, types));
      if (found.includes(true)) return true;
      return found.every((part) => part === false) ? false : null;
    }
    default:
      return comparisonOf(node, types);
  }
}

/** `a && b && c` as a list. */
function partsOf(node: Node, op: '&&' | '||'): readonly Node[] {
  if (node.op !== op) return [node];
  const [left, right] = node.args;
  return [...partsOf(left, op), ...partsOf(right, op)];
}

/** Two parts that say different things of one field: `alias.id == "a" && alias.id == "b"`. */
function contradicts(parts: readonly Node[]): boolean {
  const allowed = new Map<string, ReadonlySet<string>>();
  for (const part of parts) {
    const fact = factOf(part);
    if (fact === null) continue;
    const before = allowed.get(fact.of);
    const both =
      before === undefined
        ? fact.values
        : new Set([...before].filter((value) => fact.values.has(value)));
    if (both.size === 0) return true;
    allowed.set(fact.of, both);
  }
  return false;
}

type Fact = { readonly of: string; readonly values: ReadonlySet<string> };

/** `field == literal` and `field in [literals]`. */
function factOf(node: Node): Fact | null {
  if (node.op === '==') {
    const [left, right] = node.args;
    return factAbout(left, [right]) ?? factAbout(right, [left]);
  }
  if (node.op !== 'in') return null;
  const [value, list] = node.args;
  return list.op === 'list' ? factAbout(value, list.args) : null;
}

function factAbout(field: Node, literals: readonly Node[]): Fact | null {
  const path = pathOf(field);
  const values = literals.map((literal) => literalText(literal) ?? literalNumber(literal));
  if (path === null || values.includes(null)) return null;
  return { of: path, values: new Set(values.map(String)) };
}

/** `alias.id`, or null for what is no plain field. */
function pathOf(node: Node): string | null {
  if (node.op === 'id') return node.args;
  if (node.op !== '.') return null;
  const receiver = pathOf(node.args[0]);
  return receiver === null ? null : `${receiver}.${node.args[1]}`;
}

/** A number compared with one beyond anything it can be, or two literals. */
function comparisonOf(node: Node, types: Types): Certainty {
  if (macroCallOf(node) !== null) return null;
  const children = childrenOf(node);
  const [left, right] = children.map((child) => rangeOf(child, types));
  if (left === undefined || right === undefined || left === null || right === null) {
    const [one, other] = children.map(literalText);
    if (one == null || other == null || (node.op !== '==' && node.op !== '!=')) return null;
    return (one === other) === (node.op === '==');
  }
  switch (node.op) {
    case '<':
      return below(left, right);
    case '<=':
      return not(below(right, left));
    case '>':
      return below(right, left);
    case '>=':
      return not(below(left, right));
    case '==':
      return equal(left, right);
    case '!=':
      return not(equal(left, right));
    default:
      return null;
  }
}

type Range = { readonly least: number; readonly most: number };

function rangeOf(node: Node, types: Types): Range | null {
  const number = literalNumber(node);
  if (number !== null) return { least: number, most: number };
  const type = types.get(node);
  return type?.kind === 'int' || type?.kind === 'double' ? type : null;
}

function below(left: Range, right: Range): Certainty {
  if (left.most < right.least) return true;
  return left.least >= right.most ? false : null;
}

function equal(left: Range, right: Range): Certainty {
  if (left.most < right.least || right.most < left.least) return false;
  const isOne = left.least === left.most && right.least === right.most;
  return isOne ? left.least === right.least : null;
}

function not(certainty: Certainty): Certainty {
  return certainty === null ? null : !certainty;
}

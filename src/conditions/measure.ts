import {
  childrenOf,
  literalNumber,
  literalText,
  macroCallOf,
  nameOffset,
  type Node,
} from './ast.ts';
import type { Field, ValueType } from './field.ts';
import { writtenName, type ConditionFunction } from './functions.ts';
import { readPattern, type PatternReading } from './pattern.ts';
import { insteadOf, type ExpressionProblem, type NearestName } from './problem.ts';
import {
  anyNumber,
  bool,
  emptied,
  excessOf,
  extentOf,
  joined,
  lengthOf,
  wider,
} from './value-bounds.ts';

export type MeasureContext = {
  readonly variables: readonly Field[];
  readonly functions: readonly ConditionFunction[];
  readonly nearest: NearestName;
};

/** What an expression costs at most, what it reads, and what in it cannot be meant. */
export type Measured = {
  /** Most steps, each about a microsecond. */
  readonly steps: number;
  readonly readsMessage: boolean;
  readonly problems: readonly ExpressionProblem[];
  /** Comparisons that are never true since nothing has that value just now. */
  readonly neverTrue: readonly ExpressionProblem[];
  /** Every literal pattern, compiled. */
  readonly patterns: ReadonlyMap<string, Extract<PatternReading, { ok: true }>>;
  /** What is known of the value of each node. */
  readonly types: ReadonlyMap<Node, ValueType>;
};

type Walk = {
  readonly context: MeasureContext;
  readonly problems: ExpressionProblem[];
  readonly neverTrue: ExpressionProblem[];
  readonly patterns: Map<string, Extract<PatternReading, { ok: true }>>;
  readonly types: Map<Node, ValueType>;
  readsMessage: boolean;
};

type Sized = { readonly type: ValueType; readonly steps: number };
type Items = ReadonlyMap<string, ValueType>;

/** Walks an expression that the type checker accepted. */
export function measure(root: Node, context: MeasureContext): Measured {
  const walk: Walk = {
    context,
    problems: [],
    neverTrue: [],
    patterns: new Map(),
    types: new Map(),
    readsMessage: false,
  };
  const { steps } = sizeOf(root, new Map(), walk);
  const { problems, neverTrue, patterns, types, readsMessage } = walk;
  return { steps: Math.ceil(steps), readsMessage, problems, neverTrue, patterns, types };
}

function sizeOf(node: Node, items: Items, walk: Walk): Sized {
  const { type: found, steps } = sizeOfNode(node, items, walk);
  const excess = excessOf(found);
  if (excess !== null) walk.problems.push({ offset: node.start, ...excess });
  // Of no size from here on: what is made of it would only be told of again.
  const type = excess === null ? found : emptied(found);
  walk.types.set(node, type);
  return { type, steps };
}

function sizeOfNode(node: Node, items: Items, walk: Walk): Sized {
  const macro = macroCallOf(node);
  if (macro !== null) return sizeOfMacro(macro, items, walk);
  switch (node.op) {
    case 'value':
      return { type: literalType(node), steps: 1 };
    case 'id':
      return { type: items.get(node.args) ?? variable(node.args, walk), steps: 1 };
    case '.':
      return sizeOfAccess(node, items, walk);
    case '[]':
      return sizeOfIndex(node, items, walk);
    case 'list': {
      const of = node.args.map((item) => sizeOf(item, items, walk));
      const types = of.map(({ type }) => type);
      const item = types.length === 0 ? bool : types.reduce(wider);
      return { type: { kind: 'list', of: item, maxItems: of.length }, steps: stepsOf(of) };
    }
    case 'call':
    case 'rcall':
      return sizeOfCall(node, items, walk);
    case '?:': {
      const [, left, right] = node.args;
      const parts = node.args.map((part) => sizeOf(part, items, walk));
      return { type: wider(walk.types.get(left), walk.types.get(right)), steps: stepsOf(parts) };
    }
    default:
      return sizeOfOperator(node, items, walk);
  }
}

function stepsOf(parts: readonly Sized[]): number {
  return parts.reduce((sum, { steps }) => sum + steps, 1);
}

function literalType(node: Node): ValueType {
  const value = literalText(node);
  if (value !== null) return { kind: 'text', maxLength: value.length };
  const number = literalNumber(node);
  if (number === null) return bool;
  const isInt = node.op === 'value' && typeof node.args === 'bigint';
  return { kind: isInt ? 'int' : 'double', unit: '', least: number, most: number };
}

/** A variable read whole, not field by field, may be asked for anything in it. */
function variable(name: string, walk: Walk): ValueType {
  const field = walk.context.variables.find((known) => known.name === name);
  if (field?.needsMessage === true) walk.readsMessage = true;
  return field?.type ?? bool;
}

function sizeOfMacro(
  { name, over, item, bodies }: NonNullable<ReturnType<typeof macroCallOf>>,
  items: Items,
  walk: Walk,
): Sized {
  const list = sizeOf(over, items, walk);
  const of = list.type.kind === 'list' ? list.type.of : ({ kind: 'text', maxLength: 60 } as const);
  const count = list.type.kind === 'list' ? list.type.maxItems : 100;
  const within = new Map([...items, [item.args, of]]);
  const parts = bodies.map((body) => sizeOf(body, within, walk));
  const steps = list.steps + count * stepsOf(parts);
  if (name === 'filter') return { type: { kind: 'list', of, maxItems: count }, steps };
  const made = parts.at(-1)?.type ?? bool;
  if (name === 'map') return { type: { kind: 'list', of: made, maxItems: count }, steps };
  return { type: bool, steps };
}

function sizeOfAccess(node: Extract<Node, { op: '.' }>, items: Items, walk: Walk): Sized {
  const [receiver, name] = node.args;
  const on = sizeOf(receiver, items, walk);
  const steps = on.steps + 1;
  if (on.type.kind === 'map') {
    checkKey(name, nameOffset(node, receiver, name), on.type, walk);
    return { type: on.type.of, steps };
  }
  const struct = on.type.kind === 'struct' ? on.type.struct : null;
  const field = struct?.fields.find((known) => known.name === name);
  if (field?.needsMessage === true) walk.readsMessage = true;
  return { type: field?.type ?? bool, steps };
}

function sizeOfIndex(node: Extract<Node, { op: '[]' }>, items: Items, walk: Walk): Sized {
  const [receiver, index] = node.args;
  const on = sizeOf(receiver, items, walk);
  const at = sizeOf(index, items, walk);
  const steps = on.steps + at.steps + 1;
  if (on.type.kind === 'list') return { type: on.type.of, steps };
  const key = literalText(index);
  if (on.type.kind === 'map') {
    if (key === null)
      walk.problems.push({
        offset: index.start,
        message: 'which signal is meant must stand there literally',
        hint: 'write its name in quotes: `signals["phone"]`',
      });
    else checkKey(key, index.start, on.type, walk);
  }
  return { type: on.type.kind === 'map' ? on.type.of : bool, steps };
}

function checkKey(
  key: string,
  offset: number,
  { keys }: Extract<ValueType, { kind: 'map' }>,
  { problems, context }: Walk,
): void {
  if (keys.includes(key)) return;
  const hint = insteadOf(key, keys, context.nearest, (near) => `signals["${near}"]`);
  problems.push({ offset, message: `there is no signal \`${key}\``, hint });
}

function sizeOfCall(
  node: Extract<Node, { op: 'call' | 'rcall' }>,
  items: Items,
  walk: Walk,
): Sized {
  const parts = childrenOf(node).map((child) => sizeOf(child, items, walk));
  const types = parts.map(({ type }) => type);
  const name = writtenName(node.args[0]);
  const known = walk.context.functions.find((found) => found.name === name);
  const pattern = name === 'matches' ? sizeOfPattern(childrenOf(node)[1], types[0], walk) : 0;
  return {
    type: known?.result(types) ?? bool,
    steps: stepsOf(parts) + (known?.steps(types) ?? 0) + pattern,
  };
}

/** Time of the linear engine: text times program, a hundredth of a microsecond each. */
function sizeOfPattern(node: Node | undefined, text: ValueType | undefined, walk: Walk): number {
  const pattern = literalText(node);
  if (node === undefined) return 0;
  if (pattern === null) {
    walk.problems.push({
      offset: node.start,
      message: 'the pattern of `matches` must stand there literally',
      hint: 'write it in quotes, r"…" keeps backslashes as they are; join several patterns with `||`',
    });
    return 0;
  }
  const reading = readPattern(pattern);
  if (reading.ok) {
    walk.patterns.set(pattern, reading);
    return (lengthOf(text) * reading.size) / 100;
  }
  const { offset, message, hint } = reading;
  walk.problems.push({ offset: node.start + literalOffset(node, pattern, offset), message, hint });
  return 0;
}

/** Offset in the source of a literal; exact as long as the pattern has no escapes of CEL's own before it. */
function literalOffset(node: Node, pattern: string, offset: number): number {
  const written = node.input.slice(node.start, node.end);
  const start = Math.max(0, written.indexOf(pattern.slice(0, offset + 1)));
  return start === 0 ? 0 : start + offset;
}

function sizeOfOperator(node: Node, items: Items, walk: Walk): Sized {
  const children = childrenOf(node);
  const parts = children.map((child) => sizeOf(child, items, walk));
  const [left, right] = parts;
  if (node.op === '+') {
    const type = joined(left?.type, right?.type);
    return { type, steps: stepsOf(parts) + extentOf(type) };
  }
  const isNumber = ['-', '*', '/', '%', '-_'].includes(node.op);
  if (isNumber) return { type: anyNumber(left?.type, right?.type), steps: stepsOf(parts) };
  if (node.op === '==' || node.op === '!=') {
    checkValue(children[0], right?.type, node, walk);
    checkValue(children[1], left?.type, node, walk);
  }
  const [, list] = children;
  if (node.op === 'in' && list?.op === 'list')
    for (const item of list.args) checkValue(item, left?.type, node, walk);
  return { type: bool, steps: stepsOf(parts) + extentOf(left?.type) + extentOf(right?.type) };
}

/** A literal that is compared with something of which all values are known. */
function checkValue(
  literal: Node | undefined,
  type: ValueType | undefined,
  { op }: Node,
  { context, problems, neverTrue }: Walk,
): void {
  const value = literalText(literal);
  if (value === null || literal === undefined) return;
  if (type?.kind !== 'text' || type.values === undefined || type.values.includes(value)) return;
  const near = context.nearest(value, type.values);
  const all =
    type.values.length > 20 ? '' : `one of: ${type.values.map((known) => `"${known}"`).join(', ')}`;
  const hint = near === null ? all : `did you mean "${near}"?`;
  const found = { offset: literal.start, message: `nothing here is ever \`${value}\``, hint };
  if (type.isOpen !== true) problems.push(found);
  else if (op !== '!=') neverTrue.push(found);
}

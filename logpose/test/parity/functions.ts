import type { AnyValue } from '../../src/topology/topology.ts';
import type { Spec } from './case.ts';
import { show } from './values.ts';

type Test = (key: AnyValue, value: AnyValue) => boolean;
type Mapper = (key: AnyValue, value: AnyValue) => AnyValue;
type Flat = (key: AnyValue, value: AnyValue) => readonly (readonly [AnyValue, AnyValue])[];
type Combiner = (key: AnyValue, x: AnyValue, y: AnyValue) => AnyValue;

const nameOf = (spec: Spec): string => (typeof spec === 'string' ? spec : spec[0]);
const argsOf = (spec: Spec): readonly AnyValue[] => (typeof spec === 'string' ? [] : spec.slice(1));

const predicates: Readonly<Record<string, (...args: readonly AnyValue[]) => Test>> = {
  all: () => () => true,
  none: () => () => false,
  valueContains: (text) => (_key, value) => value !== null && show(value).includes(text),
  valueEquals: (other) => (_key, value) => show(value) === show(other),
  keyEquals: (other) => (key) => show(key) === show(other),
  valueLengthOver: (n) => (_key, value) => value !== null && show(value).length > n,
  valueOver: (n) => (_key, value) => value !== null && value > n,
  valueEven: () => (_key, value) => value !== null && value % 2 === 0,
  keyContains: (text) => (key) => key !== null && show(key).includes(text),
  keyIsNull: () => (key) => key === null,
  valueIsNull: () => (_key, value) => value === null,
  not: (inner) => (key, value) => !predicate(inner)(key, value),
  and: (left, right) => (key, value) => predicate(left)(key, value) && predicate(right)(key, value),
  or: (left, right) => (key, value) => predicate(left)(key, value) || predicate(right)(key, value),
  throwIfValue: (other) => (_key, value) => {
    if (show(value) === show(other)) throw new Error(`boom ${show(other)}`);
    return true;
  },
};

/** A predicate of the cases. */
export function predicate(spec: Spec): Test {
  return found(predicates, spec)(...argsOf(spec));
}

const nullable = (use: (value: AnyValue) => AnyValue) => (value: AnyValue) =>
  value === null || value === undefined ? null : use(value);

function around(text: AnyValue, part: 'before' | 'after'): string | null {
  const shown = text === null ? '' : show(text);
  const at = shown.indexOf(':');
  if (at < 0) return null;
  return part === 'before' ? shown.slice(0, at) : shown.slice(at + 1);
}

function toNumber(value: AnyValue, pattern: RegExp): number | null {
  const text = show(value).trim();
  return pattern.test(text) ? Number(text) : null;
}

const mappers: Readonly<Record<string, (...args: readonly AnyValue[]) => Mapper>> = {
  value: () => (_key, value) => value,
  identity: () => (_key, value) => value,
  key: () => (key) => key,
  upper: () => (_key, value) => nullable((text) => show(text).toUpperCase())(value),
  upperKey: () => (key) => nullable((text) => show(text).toUpperCase())(key),
  prefix: (text) => (_key, value) => text + show(value),
  withKey: () => (key, value) => `${show(key)}:${show(value)}`,
  keyAndValue: () => (key, value) => `${show(key)}-${show(value)}`,
  keyPlus: (text) => (key) => show(key) + text,
  keyText: () => (key) => show(key),
  toText: () => (_key, value) => show(value),
  length: () => (_key, value) => nullable((text) => show(text).length)(value),
  toLong: () => (_key, value) => toNumber(value, /^[-+]?\d+$/),
  toDouble: () => (_key, value) => toNumber(value, /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i),
  plus: (n) => (_key, value) => nullable((number) => number + n)(value),
  nullIf: (other) => (_key, value) => (show(value) === show(other) ? null : value),
  null: () => () => null,
  const: (constant) => () => constant,
  throwIf: (other) => (_key, value) => {
    if (show(value) === show(other)) throw new Error(`boom ${show(other)}`);
    return value;
  },
  firstChar: () => (_key, value) => nullable((text) => show(text).slice(0, 1) || null)(value),
  beforeColon: () => (_key, value) => around(value, 'before'),
  afterColon: () => (_key, value) => around(value, 'after'),
  keyBeforeColon: () => (key) => around(key, 'before'),
  innerKey: () => (key) => key?.key ?? null,
};

/** A function of the cases that makes a key or a value. */
export function mapper(spec: Spec): Mapper {
  return found(mappers, spec)(...argsOf(spec));
}

/** The type of what a mapper makes. */
export function mappedType(spec: Spec, keyType: string, valueType: string): string {
  const [first] = argsOf(spec);
  switch (nameOf(spec)) {
    case 'value':
    case 'identity':
    case 'nullIf':
    case 'throwIf':
      return valueType;
    case 'key':
      return keyType;
    case 'null':
      return first ?? valueType;
    case 'length':
    case 'toLong':
    case 'plus':
      return 'long';
    case 'toDouble':
      return 'double';
    case 'const':
      return constantType(first);
    case 'innerKey':
      return /^(?:windowed<(.+),\d+>)$/.exec(keyType)?.[1] ?? keyType;
    default:
      return 'string';
  }
}

function constantType(constant: AnyValue): string {
  if (typeof constant !== 'number') return 'string';
  return Number.isInteger(constant) ? 'long' : 'double';
}

const wordsOf = (value: AnyValue): readonly string[] =>
  value === null
    ? []
    : show(value)
        .split(' ')
        .filter((word) => word !== '');

const flats: Readonly<Record<string, (...args: readonly AnyValue[]) => Flat>> = {
  words: () => (key, value) => wordsOf(value).map((word) => [key, word] as const),
  wordsAsKeys: () => (key, value) => wordsOf(value).map((word) => [word, show(key)] as const),
  repeat: (n) => (key, value) => Array.from({ length: n }, () => [key, value] as const),
  empty: () => () => [],
  null: () => (): AnyValue => null,
};

/** A function of the cases that makes several records of one. */
export function flat(spec: Spec): Flat {
  return found(flats, spec)(...argsOf(spec));
}

const orZero = (value: AnyValue): number => value ?? 0;

function isLarger(left: AnyValue, right: AnyValue): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left > right;
  return show(left) > show(right);
}

const combiners: Readonly<Record<string, (...args: readonly AnyValue[]) => Combiner>> = {
  sum: () => (_key, x, y) => orZero(x) + orZero(y),
  subtract: () => (_key, x, y) => orZero(x) - orZero(y),
  max: () => (_key, x, y) => (isLarger(y, x) ? y : x),
  min: () => (_key, x, y) => (isLarger(x, y) ? y : x),
  first: () => (_key, x) => x,
  left: () => (_key, x) => x,
  last: () => (_key, _x, y) => y,
  right: () => (_key, _x, y) => y,
  concat:
    (between = '+') =>
    (_key, x, y) =>
      show(x) + between + show(y),
  append:
    (between = ',') =>
    (_key, x, y) =>
      show(x) + between + show(y),
  concatKey: () => (key, x, y) => `${show(key)}:${show(x)}+${show(y)}`,
  appendKey: () => (key, x, y) => `${show(x)},${show(key)}=${show(y)}`,
  count: () => (_key, x) => orZero(x) + 1,
  uncount: () => (_key, x) => orZero(x) - 1,
  nullOn: (other, inner) => (key, x, y) =>
    show(y) === show(other) ? null : combiner(inner)(key, x, y),
  throwOn: (other, inner) => (key, x, y) => {
    if (show(y) === show(other)) throw new Error(`boom ${show(other)}`);
    return combiner(inner)(key, x, y);
  },
  null: () => () => null,
};

/** A reducer, aggregator or joiner of the cases. */
export function combiner(spec: Spec): Combiner {
  return found(combiners, spec)(...argsOf(spec));
}

/** The type of what a joiner makes. */
export function joinedType(spec: Spec, left: string, right: string): string {
  switch (nameOf(spec)) {
    case 'sum':
    case 'subtract':
    case 'count':
      return left === 'double' || right === 'double' ? 'double' : 'long';
    case 'left':
    case 'first':
    case 'max':
    case 'min':
    case 'null':
      return left;
    case 'right':
    case 'last':
      return right;
    case 'nullOn':
    case 'throwOn':
      return joinedType(argsOf(spec)[1], left, right);
    default:
      return 'string';
  }
}

function found<F>(functions: Readonly<Record<string, F>>, spec: Spec): F {
  const name = nameOf(spec);
  const known = functions[name];
  if (known === undefined) throw new TypeError(`a case uses the unknown function ${name}`);
  return known;
}

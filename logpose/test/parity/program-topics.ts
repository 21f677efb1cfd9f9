import { nullable, type Topic, topic } from 'logpose';
import type { AnyValue } from '../../src/topology/topology.ts';
import type { Operation } from './case.ts';
import { Unsupported } from './unsupported.ts';
import { typeNamed, type ValueType } from './values.ts';

/** Types of keys and values. */
export interface Types {
  readonly key: string;
  readonly value: string;
}

/** The topics of a program, by name. */
export class ProgramTopics {
  readonly topics = new Map<string, Topic<AnyValue, AnyValue>>();
  readonly types = new Map<string, Types>();

  /** A topic by name: the types of the first who mentions it hold. */
  topic(name: string, types: Types, op: Operation): Topic<AnyValue, AnyValue> {
    const known = this.topics.get(name);
    if (known !== undefined && op.op !== 'to' && same(this.types.get(name), types)) return known;
    const { timestamps = 'record' } = op;
    if (!ownTimestamps.has(timestamps)) throw new Unsupported(`timestamps ${timestamps}`);
    const made = topic(name, {
      ...serdesFor(types),
      ...(timestamps === 'valueTs' ? { timestamp: valueTs } : {}),
    });
    if (known === undefined || op.op !== 'to') {
      this.topics.set(name, made);
      this.types.set(name, types);
    }
    return made;
  }
}

/** `record` and `logAndSkip` are what a topic has without an extractor. */
const ownTimestamps = new Set(['record', 'logAndSkip', 'valueTs']);

/** Serdes of types, made nullable; the same objects for the same types. */
export function serdesFor(types: Types): Serdes {
  return { key: nullableOf(types.key), value: nullableOf(types.value) };
}

/** The same, unless the operation leaves them to what is in force. */
export function serdesOf(op: Operation, types: Types): Partial<Serdes> {
  return op.serdes === false ? {} : serdesFor(types);
}

/** Serdes of a program's keys and values. */
export interface Serdes {
  readonly key: AnyValue;
  readonly value: AnyValue;
}

const nullables = new Map<string, AnyValue>();

function nullableOf(type: string): AnyValue {
  const known = nullables.get(type);
  if (known !== undefined) return known;
  const made = nullable(typeOf(type).serde);
  nullables.set(type, made);
  return made;
}

/** A type by its name. */
export function typeOf(name: string): ValueType {
  const type = typeNamed(name);
  if (type === undefined) throw new Unsupported(`type ${name}`);
  return type;
}

function same(left: Types | undefined, right: Types): boolean {
  return left?.key === right.key && left.value === right.value;
}

function valueTs(value: AnyValue): number {
  const found = /@(-?\d+)$/.exec(String(value ?? ''));
  return found === null ? -1 : Number(found[1]);
}

import { bytes, nullable, type StreamRecord, type Topology } from 'logpose';
import { headerEntries, headersOf } from '../../src/record/headers.ts';
import { encodeToBytes } from '../../src/serde/encoded.ts';
import type { Case, InputRecord, OutputRecord } from './case.ts';
import type { Program } from './program.ts';
import { Unsupported } from './unsupported.ts';
import { hex, typeNamed, type ValueType } from './values.ts';

type RawRecord = StreamRecord<Uint8Array | null, Uint8Array | null>;

/** The setting that names the topic of records that could not be processed. */
export const deadLetters = 'errors.dead.letter.queue.topic.name';

/** Serdes of topics whose records are taken as they are. */
export const anyBytes = { key: nullable(bytes), value: nullable(bytes) };

/** A case's input record in bytes. */
export function encodedRecord(program: Program, record: InputRecord): RawRecord {
  const types = program.types.get(record.topic) ?? { key: 'string', value: 'string' };
  const pairs = (record.headers ?? []).map(
    ([name, text]) => [name, text === null ? null : Buffer.from(text)] as const,
  );
  return {
    key: partOf(record.keyHex, record.key, types.key),
    value: partOf(record.valueHex, record.value, types.value),
    timestamp: record.ts,
    headers: headersOf(pairs),
  };
}

/** Turns records of a topic into what the cases have of them. */
export function shownRecord(
  program: Program,
  name: string,
): (record: RawRecord) => Omit<OutputRecord, 'step' | 'topic'> {
  const types = program.types.get(name) ?? program.dynamic;
  const keyType = types && typeNamed(types.key);
  const valueType = types && typeNamed(types.value);
  return ({ key, value, timestamp: ts, headers }) => {
    const pairs = headerEntries(headers).map(
      ([header, text]) => [header, text && Buffer.from(text).toString()] as const,
    );
    return {
      ...shownPart('key', keyType, key),
      ...shownPart('value', valueType, value),
      ts,
      ...(pairs.length === 0 ? {} : { headers: pairs }),
    };
  };
}

/** The topics that a case's program writes for others to read. */
export function outputTopics(
  topology: Topology,
  program: Program,
  { expected, config }: Case,
): readonly string[] {
  const internal = new Set(topology.repartitionTopics.map(({ name }) => name));
  const written = topology.nodes.flatMap((node) =>
    node.kind === 'sink' && 'topic' in node.target && !internal.has(node.target.topic)
      ? [node.target.topic]
      : [],
  );
  const letters = [config[deadLetters]].filter((name) => typeof name === 'string');
  const chosen = (expected.output ?? []).map(({ topic }) => topic);
  return [...new Set([...written, ...(program.dynamic ? chosen : []), ...letters])];
}

function partOf(digits: string | undefined, json: unknown, type: string): Uint8Array | null {
  if (digits !== undefined) return new Uint8Array(Buffer.from(digits, 'hex'));
  if (json === null || json === undefined) return null;
  const known = typeNamed(type);
  if (known === undefined) throw new Unsupported(`type ${type}`);
  return encodeToBytes(known.serde, known.fromJson(json));
}

function shownPart(
  part: 'key' | 'value',
  type: ValueType | undefined,
  encoded: Uint8Array | null,
): object {
  if (encoded === null) return { [part]: null };
  if (type === undefined) return { [`${part}Hex`]: hex(encoded) };
  try {
    return { [part]: type.toJson(type.serde.decode(encoded, 0, encoded.length)) };
  } catch {
    return { [`${part}Hex`]: hex(encoded) };
  }
}

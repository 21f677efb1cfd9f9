import { unreachable } from '../../base/assert.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { asBuffer } from '../../base/bytes.ts';
import { position, readVarlong, writeVarlong } from '../../base/varint.ts';
import type { Change, KeptSegment, PartitionKept } from './change.ts';

// Where each kind's number is its place: what is written must keep its meaning.
const kinds = [
  'opened',
  'closed',
  'topic-created',
  'topic-deleted',
  'appended',
  'start-moved',
  'offset',
  'producer',
  'partition-uncleaned',
  'partition',
  'segments-cleaned',
] as const satisfies readonly (Change['kind'] | 'partition-uncleaned')[];

const text = new ByteWriter();

/**
 * Writes one change.
 *
 * ```text
 * change := kind: byte, its fields in the order below
 * number := zig-zag varint; text := bytes: number, UTF-8; list := count: number, members
 * ```
 */
export function writeChange(change: Change, to: ByteWriter): void {
  to.byte(kinds.indexOf(change.kind));
  switch (change.kind) {
    case 'opened':
      writeText(change.bootId, to);
      writeNumbers([change.leaderEpoch, change.nextTopicNumber], to);
      break;
    case 'closed':
      break;
    case 'topic-created':
      writeNumbers([change.number, change.partitions], to);
      writeText(change.topicId, to);
      writeText(change.name, to);
      writeConfig(change.config, to);
      break;
    case 'topic-deleted':
      writeVarlong(change.number, to);
      break;
    case 'appended':
      writeVarlong(change.topic, to);
      writeVarlong(change.partition, to);
      writeVarlong(change.baseOffset, to);
      writeVarlong(change.sizeBytes, to);
      writeVarlong(change.endOffset, to);
      break;
    case 'start-moved':
      writeNumbers([change.topic, change.partition, change.startOffset], to);
      break;
    case 'offset':
      writeText(change.groupId, to);
      writeText(change.offset.topic, to);
      writeNumbers([change.offset.partition, change.offset.offset], to);
      writeText(change.offset.metadata, to);
      break;
    case 'producer':
      writeText(change.transactionalId, to);
      writeVarlong(change.epoch, to);
      break;
    case 'partition':
      writeNumbers([change.topic, change.partition], to);
      writeNumbers([change.startOffset, change.endOffset, change.cleanOffset], to);
      writeSegments(change.segments, to);
      break;
    case 'segments-cleaned':
      writeNumbers([change.topic, change.partition, change.cleanOffset], to);
      writeNumbers([change.replaced.length, ...change.replaced], to);
      writeSegments(change.segments, to);
      break;
    default:
      unreachable(change);
  }
}

function writeSegments(segments: readonly KeptSegment[], to: ByteWriter): void {
  writeVarlong(segments.length, to);
  for (const { baseOffset, generation, sizeBytes, times } of segments) {
    writeNumbers([baseOffset, generation, sizeBytes], to);
    writeNumbers(times === undefined ? [0] : [1, times.firstMs, times.maxMs], to);
  }
}

function writeNumbers(numbers: readonly number[], to: ByteWriter): void {
  for (const number of numbers) writeVarlong(number, to);
}

function writeText(value: string, to: ByteWriter): void {
  text.clear();
  text.utf8(value);
  writeVarlong(text.length, to);
  to.bytes(text.view());
}

function writeConfig(config: Readonly<Record<string, string>>, to: ByteWriter): void {
  const entries = Object.entries(config);
  writeVarlong(entries.length, to);
  for (const [name, value] of entries) {
    writeText(name, to);
    writeText(value, to);
  }
}

/**
 * The changes that fill `bytes`. Their CRC was checked: what is not understood was written by
 * another release.
 *
 * @throws {RangeError} When a change is of no known kind or leaves its bounds.
 */
export function readChanges(bytes: Uint8Array): readonly Change[] {
  const reader = new ChangeReader(bytes);
  const changes: Change[] = [];
  while (reader.at < bytes.length) changes.push(readChange(reader));
  return changes;
}

function readChange(from: ChangeReader): Change {
  const kind = kinds[from.byte()];
  switch (kind) {
    case 'opened':
      return {
        kind,
        bootId: from.text(),
        leaderEpoch: from.number(),
        nextTopicNumber: from.number(),
      };
    case 'closed':
      return { kind };
    case 'topic-created': {
      const [number, partitions] = [from.number(), from.number()];
      const [topicId, name] = [from.text(), from.text()];
      return { kind, number, partitions, topicId, name, config: from.config() };
    }
    case 'topic-deleted':
      return { kind, number: from.number() };
    case 'appended':
      return {
        kind,
        topic: from.number(),
        partition: from.number(),
        baseOffset: from.number(),
        sizeBytes: from.number(),
        endOffset: from.number(),
      };
    default:
      return readRareChange(kind, from);
  }
}

function readRareChange(kind: (typeof kinds)[number] | undefined, from: ChangeReader): Change {
  switch (kind) {
    case 'start-moved':
      return {
        kind,
        topic: from.number(),
        partition: from.number(),
        startOffset: from.number(),
      };
    case 'offset': {
      const [groupId, topic] = [from.text(), from.text()];
      const [partition, offset] = [from.number(), from.number()];
      return { kind, groupId, offset: { topic, partition, offset, metadata: from.text() } };
    }
    case 'producer':
      return { kind, transactionalId: from.text(), epoch: from.number() };
    case 'partition-uncleaned':
      return readUncleaned(from);
    case 'partition':
      return {
        kind,
        topic: from.number(),
        partition: from.number(),
        startOffset: from.number(),
        endOffset: from.number(),
        cleanOffset: from.number(),
        segments: from.list(readSegment),
      };
    case 'segments-cleaned':
      return {
        kind,
        topic: from.number(),
        partition: from.number(),
        cleanOffset: from.number(),
        replaced: from.list((each) => each.number()),
        segments: from.list(readSegment),
      };
    default:
      throw new RangeError('a change of no known kind');
  }
}

/** What was written before there was compaction. */
function readUncleaned(from: ChangeReader): PartitionKept {
  return {
    kind: 'partition',
    topic: from.number(),
    partition: from.number(),
    startOffset: from.number(),
    endOffset: from.number(),
    cleanOffset: 0,
    segments: from.list((each) => ({
      baseOffset: each.number(),
      sizeBytes: each.number(),
      generation: 0,
      times: undefined,
    })),
  };
}

function readSegment(from: ChangeReader): KeptSegment {
  const [baseOffset, generation, sizeBytes] = [from.number(), from.number(), from.number()];
  const isTimed = from.number() === 1;
  const times = isTimed ? { firstMs: from.number(), maxMs: from.number() } : undefined;
  return { baseOffset, generation, sizeBytes, times };
}

class ChangeReader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0;
  }

  number(): number {
    const number = readVarlong(this.#bytes, this.at);
    this.#moveTo(position);
    return number;
  }

  text(): string {
    const length = this.number();
    const start = this.at;
    this.#moveTo(start + length);
    return asBuffer(this.#bytes).utf8Slice(start, this.at);
  }

  config(): Readonly<Record<string, string>> {
    const entries: [string, string][] = [];
    for (let left = this.number(); left > 0; left--) entries.push([this.text(), this.text()]);
    return Object.fromEntries(entries);
  }

  list<T>(read: (from: ChangeReader) => T): readonly T[] {
    const members: T[] = [];
    for (let left = this.number(); left > 0; left--) members.push(read(this));
    return members;
  }

  #moveTo(at: number): void {
    if (at > this.#bytes.length || at < this.at) throw new RangeError('a change leaves its bounds');
    this.at = at;
  }
}

import { partitionOfKey } from '../../../src/log/partitioner.ts';
import type { Line } from './rows.ts';

/** What the application should have written to a topic. */
export class EmittedTopic {
  /** Records with a key, by partition. */
  readonly keyed: Line[][];
  /** Records without one: they may be in any partition. */
  readonly keyless: Line[] = [];

  constructor(partitions: number) {
    this.keyed = Array.from({ length: partitions }, () => []);
  }

  /** @param partitionKey - What decides the partition; default: the key. */
  add(line: Line, partitionKey = line.key): void {
    if (partitionKey === null) this.keyless.push(line);
    else this.keyed[partitionOf(partitionKey, this.keyed.length)]?.push(line);
  }
}

/** Topics by name. */
export class Emitted {
  readonly topics = new Map<string, EmittedTopic>();
  readonly #partitions: number;

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  topic(name: string): EmittedTopic {
    const known = this.topics.get(name) ?? new EmittedTopic(this.#partitions);
    this.topics.set(name, known);
    return known;
  }
}

function partitionOf(key: string, partitions: number): number {
  const keyBytes = Buffer.from(key);
  return partitionOfKey({ keyBytes, keyStart: 0, keyLength: keyBytes.length }, partitions);
}

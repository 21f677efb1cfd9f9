import { int64, utf8 } from 'logpose';
import type { LogPort } from '../../../src/log/log-port.ts';
import { partitionKey } from '../../../src/record/topic-partition.ts';
import { changeSerde } from '../../../src/serde/change-serde.ts';
import type { Decoder } from '../../../src/serde/serde.ts';
import { type LoggedRecord, readTopic } from '../read-log.ts';
import { orderSerde } from '../topics.ts';
import { between } from './between.ts';
import { type Line, textOf } from './rows.ts';

/** Every topic of the log, partition by partition. */
export type Contents = ReadonlyMap<string, readonly (readonly LoggedRecord[])[]>;

export async function contentsOf(log: LogPort): Promise<Contents> {
  const topics = await log.admin.listTopics();
  const read = topics.map(async (topic) => [topic, await readTopic(log, topic)] as const);
  return new Map(await Promise.all(read));
}

/** The same with what was given up since, so that each partition begins with offset 0. */
export function withPurged(
  contents: Contents,
  purged: ReadonlyMap<string, ReadonlyMap<number, LoggedRecord>>,
): Contents {
  const complete = [...contents].map(([topic, partitions]) => {
    const whole = partitions.map((records, partition) => {
      const before = purged.get(partitionKey(topic, partition)) ?? new Map<number, LoggedRecord>();
      const startOffset = records[0]?.offset ?? Number.POSITIVE_INFINITY;
      return [...[...before.values()].filter(({ offset }) => offset < startOffset), ...records];
    });
    return [topic, whole] as const;
  });
  return new Map(complete);
}

/** How keys and values of a topic become text. */
export interface LineFormat {
  readonly key: (bytes: Buffer) => string;
  readonly value: (bytes: Buffer) => string;
}

export function linesOf(
  records: readonly LoggedRecord[],
  { key, value }: LineFormat,
): readonly Line[] {
  return records.map((record) => ({
    key: record.key && key(record.key),
    value: record.value && value(record.value),
    timestamp: record.timestamp,
  }));
}

/** A value by its serde. */
export function decoded<T>({ decode }: Pick<Decoder<T>, 'decode'>, bytes: Buffer): T {
  return decode(bytes, 0, bytes.length);
}

const changes = {
  tier: changeSerde(utf8),
  weight: changeSerde(int64),
};

export const asOrder = (bytes: Buffer) => decoded(orderSerde, bytes);
export const asTierChange = (bytes: Buffer) => decoded(changes.tier, bytes);
export const asWeightChange = (bytes: Buffer) => decoded(changes.weight, bytes);

const text = String;

/** The formats of the topics between the application's parts. */
export const betweenFormats: Readonly<Record<string, LineFormat>> = {
  [between.bySku]: { key: text, value: (bytes) => textOf(asOrder(bytes)) },
  [between.again]: { key: text, value: (bytes) => textOf(asOrder(bytes)) },
  [between.byTier]: { key: text, value: (bytes) => textOf(asTierChange(bytes)) },
  [between.weights]: { key: text, value: (bytes) => textOf(asWeightChange(bytes)) },
};

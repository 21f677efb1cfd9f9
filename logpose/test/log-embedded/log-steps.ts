import type { GroupOffsets, LogPort, TransactionalLogProducer } from '../../src/log/log-port.ts';
import type { TopicPartition } from '../../src/record/topic-partition.ts';
import { batchOf, readRecords } from '../contract/log-records.ts';

/** Something a log is asked for, that happens whole or not at all. */
export type LogStep =
  | { readonly do: 'append'; readonly place: TopicPartition; readonly values: readonly string[] }
  | {
      readonly do: 'transaction';
      readonly parts: readonly {
        readonly place: TopicPartition;
        readonly values: readonly string[];
      }[];
      readonly offsets: GroupOffsets | undefined;
    }
  | { readonly do: 'offsets'; readonly offsets: GroupOffsets }
  | { readonly do: 'delete-records'; readonly place: TopicPartition; readonly offset: number }
  | { readonly do: 'create'; readonly name: string; readonly partitions: number }
  | { readonly do: 'delete-topic'; readonly name: string };

/** Does a step, and says when it survives a crash of the machine. */
export async function doStep(port: LogPort, step: LogStep): Promise<{ durable: Promise<void> }> {
  const { admin } = port;
  // Every step waits for the same, so that they come in the order in which they are asked for.
  const producer = await producerOf(port);
  switch (step.do) {
    case 'append':
      await port.producer().append(step.place, batchOf(...step.values));
      return unknown;
    case 'transaction': {
      const transaction = producer.begin();
      for (const { place, values } of step.parts) transaction.append(place, batchOf(...values));
      return transaction.commit(step.offsets);
    }
    case 'offsets':
      await admin.commitOffsets(step.offsets);
      return unknown;
    case 'delete-records':
      await admin.deleteRecords([{ ...step.place, offset: step.offset }]);
      return unknown;
    case 'create':
      await admin.createTopics([{ name: step.name, partitions: step.partitions }]);
      return unknown;
    case 'delete-topic':
      await admin.deleteTopics([step.name]);
      return unknown;
  }
}

const producers = new WeakMap<LogPort, Promise<TransactionalLogProducer>>();

function producerOf(port: LogPort): Promise<TransactionalLogProducer> {
  const known = producers.get(port);
  const producer = known ?? port.transactionalProducer({ transactionalId: 'writer' });
  producers.set(port, producer);
  return producer;
}

const unknown = { durable: new Promise<void>(() => undefined) };

/** Everything a log has, as text: equal for logs that give the same answers. */
export async function dumpOf(port: LogPort): Promise<string> {
  const lines: string[] = [];
  for (const topic of (await port.admin.listTopics()).toSorted()) {
    const [description] = await port.admin.describeTopics([topic]);
    for (let partition = 0; partition < (description?.partitions ?? 0); partition++) {
      lines.push(...(await dumpOfPartition(port, { topic, partition })));
    }
  }
  const groups = (await port.admin.groups()).map(({ id }) => `group ${id}`);
  return [...lines, ...groups.toSorted()].join('\n');
}

async function dumpOfPartition(port: LogPort, place: TopicPartition): Promise<readonly string[]> {
  const { topic, partition } = place;
  const [range] = await port.admin.offsetRanges([place]);
  const { startOffset = 0, endOffset = 0 } = range ?? {};
  const [committed] = await port.admin.committedOffsets('group', [place]);
  const values = await valuesFrom(port, place, { startOffset, endOffset });
  const progress = committed === undefined ? '' : ` ${committed.offset} ${committed.metadata}`;
  return [`${topic}-${partition} [${startOffset}, ${endOffset})${progress}: ${values.join(' ')}`];
}

async function valuesFrom(
  port: LogPort,
  place: TopicPartition,
  { startOffset, endOffset }: { readonly startOffset: number; readonly endOffset: number },
): Promise<readonly string[]> {
  const consumer = port.consumer();
  consumer.assign([{ ...place, offset: startOffset }]);
  const records = await readRecords(consumer, endOffset - startOffset);
  consumer.close();
  return records.map(({ offset, value }) => `${offset}=${value}`);
}

const topics = ['red', 'green', 'blue'];

/** A step that makes sense for what the log has; `name` is what its values begin with. */
export async function randomStep(
  port: LogPort,
  random: () => number,
  name: string,
): Promise<LogStep> {
  const existing = await port.admin.listTopics();
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const topic = pick(existing);
  if (topic === undefined || (existing.length < 3 && random() < 0.1)) {
    const missing = topics.filter((each) => !existing.includes(each));
    return { do: 'create', name: pick(missing) ?? 'red', partitions: 1 + Math.floor(random() * 3) };
  }
  const places = await placesOf(port, existing);
  const place = pick(places) ?? { topic, partition: 0 };
  const values = valuesOf(random, name);
  const [range] = await port.admin.offsetRanges([place]);
  const offset = Math.floor(random() * ((range?.endOffset ?? 0) + 1));
  const offsets = { groupId: 'group', offsets: [{ ...place, offset, metadata: name }] };
  const kind = random();
  if (kind < 0.35) return { do: 'append', place, values };
  if (kind < 0.75) {
    const others = places.filter(() => random() < 0.4);
    const parts = [place, ...others].map((each) => ({
      place: each,
      values: valuesOf(random, name),
    }));
    return { do: 'transaction', parts, offsets: random() < 0.5 ? offsets : undefined };
  }
  if (kind < 0.85) return { do: 'offsets', offsets };
  if (kind < 0.95) return { do: 'delete-records', place, offset };
  return { do: 'delete-topic', name: topic };
}

async function placesOf(
  port: LogPort,
  names: readonly string[],
): Promise<readonly TopicPartition[]> {
  const described = await port.admin.describeTopics(names);
  return described.flatMap((topic) =>
    Array.from({ length: topic?.partitions ?? 0 }, (_, partition) => ({
      topic: topic?.name ?? '',
      partition,
    })),
  );
}

function valuesOf(random: () => number, name: string): readonly string[] {
  const count = 1 + Math.floor(random() * 3);
  return Array.from(
    { length: count },
    (_, index) => `${name}.${index}${'x'.repeat(random() * 40)}`,
  );
}

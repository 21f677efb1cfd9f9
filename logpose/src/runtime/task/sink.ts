import type { AnyProcessor, AnyRecord, AnyValue, SinkNode } from '../../topology/topology.ts';
import { type Failures, topicNotKnown } from './failures.ts';
import type { OutputPartitions, TaskOutput } from './output.ts';
import { type RecordFormat, RecordWriter, recordFormat } from './record-writer.ts';

/** What sinks need of a task. */
export interface SinkParts {
  readonly output: TaskOutput;
  readonly topicName: (planned: string) => string;
  readonly isInternal: (planned: string) => boolean;
  readonly failures: Failures;
}

/**
 * Encodes records straight into the batches of their partitions. What cannot be written goes to the
 * produce policy.
 */
export function sink(node: SinkNode, parts: SinkParts): AnyProcessor {
  const write = writerTo(node, parts);
  const { target } = node;
  if (!('choose' in target)) {
    const undefinedIs = parts.isInternal(target.topic) ? 'null' : 'refused';
    const format = recordFormat(target, undefinedIs);
    const name = parts.topicName(target.topic);
    let topic: OutputPartitions | undefined;
    return (record) => {
      if (topic === undefined || topic.partitions === 0) topic = find(name, parts);
      write(record, topic, format);
    };
  }
  const { choose } = target;
  return (record) => {
    let chosen: ReturnType<typeof choose>;
    try {
      chosen = choose(record.value, record.key, record);
    } catch (cause) {
      parts.failures.processFailed(node.name, record, cause);
      return;
    }
    write(record, find(chosen.name, parts), recordFormat(chosen, 'refused'));
  };
}

type Write = (record: AnyRecord, topic: OutputPartitions, format: RecordFormat) => void;

function writerTo({ name: node, partitioner }: SinkNode, { failures }: SinkParts): Write {
  const writer = new RecordWriter();
  const partition = (record: AnyRecord, topic: OutputPartitions, format: RecordFormat): number => {
    const { partitions } = topic;
    if (partitions === 0) throw new RangeError('there is no such topic');
    const chosen = partitioner?.(record.value, record.key, partitions);
    if (chosen === undefined) return writer.partitionByKey(format, topic);
    if (Number.isInteger(chosen) && chosen >= 0 && chosen < partitions) return chosen;
    throw new RangeError(`the partitioner chose ${chosen} of ${partitions} partitions`);
  };
  return (record, topic, format) => {
    let code: 'ENCODE_FAILED' | 'PRODUCE_FAILED' = 'ENCODE_FAILED';
    try {
      const encoded = writer.encode(record, format);
      code = 'PRODUCE_FAILED';
      topic.add(partition(record, topic, format), encoded);
    } catch (cause) {
      failures.produceFailed(record, { node, topic: topic.name, code, cause });
    }
  };
}

function find(name: AnyValue, { output }: SinkParts): OutputPartitions {
  const topic = output.topic(name);
  if (topic === undefined) throw topicNotKnown(name);
  return topic;
}

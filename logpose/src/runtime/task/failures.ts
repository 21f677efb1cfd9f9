import { InvariantError } from '../../base/assert.ts';
import { type DecodeError, ProcessError, ProduceError } from '../../errors/record-errors.ts';
import { StreamsError } from '../../errors/streams-error.ts';
import type { DropReason } from '../../topology/processor.ts';
import type { AnyRecord } from '../../topology/topology.ts';
import type { FailureDecision, FailurePolicies } from '../failure-policy.ts';
import type { Counters } from '../metrics.ts';
import { deadLetterOf } from './dead-letter.ts';
import type { Drops } from './drops.ts';
import type { TaskOutput } from './output.ts';
import type { RecordInHand, SourceRecord } from './record-in-hand.ts';
import { RecordWriter, recordFormat } from './record-writer.ts';

/** Name of the counter of records that failed, by task, node, kind and decision. */
const failedRecords = 'failed-records';

/** What of a task's parts they need. */
export interface FailuresOf {
  readonly id: string;
  readonly policies: FailurePolicies;
  readonly output: TaskOutput;
  readonly hand: RecordInHand;
  readonly counters: Counters;
  readonly drops: Drops;
}

/** A record that cannot be written, where, and why. */
export interface FailedWrite {
  readonly node: string;
  readonly topic: string;
  readonly code: ProduceError['code'];
  readonly cause: unknown;
}

/**
 * Asks the policies about failed records and does what they say: throws, leaves the record out, or
 * does so and writes a dead letter.
 *
 * Mistakes of ours, and failures that are decided already, pass through.
 */
export class Failures {
  readonly #task: FailuresOf;
  readonly #writer = new RecordWriter();

  constructor(task: FailuresOf) {
    this.#task = task;
  }

  decodeFailed(node: string, error: DecodeError, source: SourceRecord): void {
    const { onDecodeError } = this.#task.policies;
    this.at(source, () => {
      const decision = onDecodeError?.(error, source.raw()) ?? 'fail';
      this.#carryOut(decision, { node, reason: 'decode-failed', error });
    });
  }

  /** User code threw on a record; undefined in a punctuator. */
  processFailed(node: string, record: AnyRecord | undefined, cause: unknown): void {
    if (cause instanceof StreamsError || cause instanceof InvariantError) throw cause;
    const { policies, hand } = this.#task;
    const error = new ProcessError(node, hand.source?.position(), cause);
    const decision = policies.onProcessError?.(error, record) ?? 'fail';
    this.#carryOut(decision, { node, reason: 'process-failed', error });
  }

  /** A record cannot be written. */
  produceFailed(record: AnyRecord, { node, topic, code, cause }: FailedWrite): void {
    const error = new ProduceError(topic, { code }, cause);
    const decision = this.#task.policies.onProduceError?.(error, record) ?? 'fail';
    this.#carryOut(decision, { node, reason: 'produce-failed', error });
  }

  /** Does something with a queue's first record in hand. */
  at(source: SourceRecord, run: () => void): void {
    const { hand } = this.#task;
    const before = hand.source;
    hand.source = source;
    run();
    hand.source = before;
  }

  #carryOut(decision: FailureDecision, { node, reason, error }: Failed): void {
    const { counters, drops, id } = this.#task;
    const outcome = typeof decision === 'string' ? decision : 'dead-letter';
    counters.counter(failedRecords, { task: id, node, reason, outcome }).value++;
    if (decision === 'fail') throw error;
    if (decision !== 'continue') this.#writeDeadLetter(decision.deadLetter, error);
    drops.drop(node, reason);
  }

  /** Without a policy of its own: a dead letter that cannot be written fails the task. */
  #writeDeadLetter({ name, key, value }: DeadLetterTopic, error: StreamsError): void {
    const { output, hand } = this.#task;
    const topic = output.topic(name);
    if (topic === undefined) throw topicNotKnown(name);
    if (topic.partitions === 0) {
      throw new ProduceError(name, { code: 'PRODUCE_FAILED' }, 'there is no such topic');
    }
    const letter = deadLetterOf(error, hand);
    const format = recordFormat({ key, value }, 'refused');
    const encoded = this.#writer.encode(letter, format);
    topic.add(this.#writer.partitionByKey(format, topic), encoded);
  }
}

type DeadLetterTopic = Exclude<FailureDecision, string>['deadLetter'];

interface Failed {
  readonly node: string;
  readonly reason: DropReason;
  readonly error: DecodeError | ProcessError | ProduceError;
}

/** Whoever runs the task finds out about the topic, and opens the task anew. */
export function topicNotKnown(topic: string): ProduceError {
  const kind = { code: 'PRODUCE_FAILED', retriable: true } as const;
  return new ProduceError(topic, kind, 'its partitions are not known yet');
}

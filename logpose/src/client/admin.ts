import type { RecordPosition } from '../errors/record-position.ts';
import type { TopicDescription } from '../log/log-port.ts';

/** Creates and describes what a log holds. */
export interface Admin {
  /**
   * Creates what is missing. A topic that is there already is left as it is; if it has another
   * number of partitions, a process warning says so (`LOGPOSE_TOPIC_PARTITIONS`).
   */
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** In the order asked for; undefined: there is no such topic. */
  describeTopics(
    topics: readonly { readonly name: string }[],
  ): Promise<readonly (TopicDescription | undefined)[]>;
  /** Gives up everything below these offsets. */
  deleteRecords(before: readonly RecordPosition[]): Promise<void>;
  groups(): Promise<readonly { readonly id: string; readonly state: string }[]>;
}

/** A topic to create. */
export interface NewTopic {
  readonly topic: { readonly name: string };
  readonly partitions: number;
  /** On how many brokers. The embedded log has one copy, whatever is asked for. */
  readonly replicationFactor?: number;
  readonly cleanup?: 'delete' | 'compact' | 'compact-and-delete';
  /** How long records are kept, by their timestamps, in milliseconds. −1: for ever. */
  readonly retentionMs?: number;
  /** Kafka's topic settings by their Kafka names; they win over the options above. */
  readonly config?: Readonly<Record<string, string>>;
}

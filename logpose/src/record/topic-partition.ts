/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** `topic-partition`: a text for maps and messages. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** Where one record stands in the log. */
export interface RecordPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** `topic-partition@offset`, as it appears in messages. */
export function showPosition({ topic, partition, offset }: RecordPosition): string {
  return `${topic}-${partition}@${offset}`;
}

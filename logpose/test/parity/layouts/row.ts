/** A row as it follows others of its key. */
export interface Row {
  readonly topic: string;
  /** Null: which of them is the last one depends on partitions, so it is left out. */
  readonly key: unknown;
  /** Null: the key is deleted. */
  readonly value: unknown;
  readonly ts: unknown;
}

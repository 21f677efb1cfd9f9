// Written by `npm run api -- --update`: what users of this entry point see.

export declare class ManualClock implements Surroundings {
  #private;
  constructor(startMs?: number, seed?: number);
  nowMs(): number;
  after(delayMs: number, run: () => void): () => void;
  random(): number;
  advance(ms: number): void;
}

export interface SendOptions {
  readonly timestampMs?: number;
  readonly headers?: RecordHeaders;
  readonly partition?: number;
}

export declare class TestDriver implements Disposable {
  #private;
  constructor(topology: Topology, options?: TestDriverOptions);
  send<K, V>(
    topic: OutputTopic<K, V>,
    key: NoInfer<K>,
    value: NoInfer<V> | null,
    options?: SendOptions,
  ): void;
  read<K, V>(topic: InputTopic<K, V>): [key: K, value: V | null][];
  readRecords<K, V>(topic: InputTopic<K, V>): StreamRecord<K, V | null>[];
  store<Kind extends StoreKind, K, V>(handle: StoreHandle<Kind, K, V>): ReadonlyStoreOf<Kind, K, V>;
  changelog(handle: AnyStore): readonly StreamRecord<Uint8Array, Uint8Array | null>[];
  advanceWallClockMs(ms: number): void;
  commit(): void;
  metrics(): readonly Metric[];
  [Symbol.dispose](): void;
}

export interface TestDriverOptions extends FailurePolicies {
  readonly layout?: 'one-task' | 'as-deployed';
  readonly partitions?: number;
  readonly commit?: 'each' | 'manual';
  readonly emit?: 'each-commit' | 'each-change';
  readonly startMs?: number;
}

// Needed by these, and not exported:

type ReadonlyStoreOf<Kind extends StoreKind, K, V> = ReadonlyStores<K, V>[Kind];

interface ReadonlyStores<K, V> {
  'key-value': ReadonlyKeyValueStore<K, V>;
  'timestamped-key-value': ReadonlyKeyValueStore<K, Timestamped<V>>;
  window: ReadonlyWindowStore<K, V>;
  'timestamped-window': ReadonlyWindowStore<K, Timestamped<V>>;
}

import type { RecordCallback } from '../record/stream-record.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** One way out of a split. */
export interface Branch<K, V> {
  /** The node the branch begins with. */
  readonly child: string;
  /** Undefined: takes what no branch before has taken. */
  readonly take: RecordCallback<K, V, boolean> | undefined;
}

/** Sends each record to the first branch that takes it; what none takes is dropped. */
export function split<K, V>(branches: readonly Branch<K, V>[]): ProcessorFactory<K, V, K, V> {
  return (_context, forward) => {
    const ways = branches.map(({ child, take }) => ({ take, send: forward.to(child) }));
    return (record) => {
      for (const { take, send } of ways) {
        if (take !== undefined && !take(record.value, record.key, record)) continue;
        send(record);
        return;
      }
    };
  };
}

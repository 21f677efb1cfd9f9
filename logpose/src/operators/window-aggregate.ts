import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { NodeContext, ProcessorFactory } from '../topology/processor.ts';
import type { Windowed } from '../window/window.ts';
import type { WindowDefinition } from '../window/window-definition.ts';
import type { Aggregator, Reducer } from './aggregation.ts';

/**
 * One aggregate per key and window, at the latest time added. A null key is dropped; a null value
 * reaches the aggregator. A window is closed once stream time, as this node has seen it, has
 * reached its end and grace: what comes later is dropped, once per window.
 *
 * The first change of a window has the initial aggregate as its row before, as on the JVM.
 */
export function windowAggregate<K, V, A>(
  windows: WindowDefinition,
  definition: StoreDefinition<'timestamped-window', K, A>,
  { initialize, add }: Aggregator<K, V, A>,
): ProcessorFactory<K | null, V, Windowed<K>, Change<A>> {
  return windowed(windows, definition, (row, value, key) => {
    const before = row ?? initialize();
    return { before, after: add(before, value, key) ?? undefined };
  });
}

/** As `windowAggregate`, but a window's first value is taken as it is. */
export function windowReduce<K, V>(
  windows: WindowDefinition,
  definition: StoreDefinition<'timestamped-window', K, V>,
  reducer: Reducer<K, V>,
): ProcessorFactory<K | null, V, Windowed<K>, Change<V>> {
  return windowed(windows, definition, (row, value, key) => ({
    before: row,
    after: (row === undefined ? value : reducer(row, value, key)) ?? undefined,
  }));
}

function windowed<K, V, A>(
  windows: WindowDefinition,
  definition: StoreDefinition<'timestamped-window', K, A>,
  changeOf: (row: A | undefined, value: V, key: K) => Change<A>,
): ProcessorFactory<K | null, V, Windowed<K>, Change<A>> {
  return (context, forward) => {
    const table = context.windowTable(definition, forward);
    const openWindows = openWindowsOf(windows, context);
    return ({ key, value, timestamp, headers }) => {
      if (key === null) {
        context.drop('null-key');
        return;
      }
      openWindows(timestamp, (startMs, endMs) => {
        const row = table.get(key, startMs);
        table.update({
          key: { key, window: { startMs, endMs } },
          value: changeOf(row?.value, value, key),
          timestamp: row === undefined ? timestamp : Math.max(timestamp, row.timestamp),
          headers,
        });
      });
    };
  };
}

/** Calls `run` for each open window that holds a time, the earliest first. */
function openWindowsOf(
  windows: WindowDefinition,
  context: NodeContext,
): (timestamp: number, run: (startMs: number, endMs: number) => void) => void {
  const seen = context.observedTime();
  return (timestamp, run) => {
    const closedUpToMs = seen.advance(timestamp) - windows.graceMs;
    let startMs = windows.firstStartMs(timestamp);
    while (startMs <= timestamp) {
      const endMs = windows.endMs(startMs);
      if (endMs > closedUpToMs) run(startMs, endMs);
      else context.drop('late');
      startMs = windows.nextStartMs(startMs);
    }
  };
}

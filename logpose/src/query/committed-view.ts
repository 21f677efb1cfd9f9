import { assert } from '../base/assert.ts';
import type { ReadonlyKeyValueStore, ReadonlyWindowStore } from '../store/stores.ts';
import type { AnyValue } from '../topology/topology.ts';
import type { ReadyPartition } from './store-host.ts';

/** Rows by key of a partition, as they are committed. */
export function committedRows({
  store,
}: ReadyPartition): ReadonlyKeyValueStore<AnyValue, AnyValue> {
  const view = store.view('committed');
  assert('prefix' in view, 'a reader by key reads a store of rows by key');
  return view;
}

/** Rows by window of a partition, as they are committed. */
export function committedWindows({
  store,
}: ReadyPartition): ReadonlyWindowStore<AnyValue, AnyValue> {
  const view = store.view('committed');
  assert('fetch' in view, 'a reader by window reads a windowed store');
  return view;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../errors/config-errors.ts';
import { generated } from '../record/topic.ts';
import { int32, utf8 } from '../serde/primitives.ts';
import {
  definitionOf,
  keyValueStore,
  timestampedKeyValueStore,
  windowStore,
} from './store-definition.ts';

const serdes = { key: utf8, value: int32 };

test('a handle is the definition that is opened', () => {
  const counts = keyValueStore({ name: 'counts', ...serdes });
  const definition = definitionOf(counts);

  assert.equal(definition?.storeKind, 'key-value');
  assert.equal(definition?.changelog, 'kept');
  assert.equal(definition?.windows, undefined);
  const local = timestampedKeyValueStore({ name: 'local', ...serdes, changelog: 'none' });
  assert.equal(definitionOf(local)?.changelog, 'none');
});

test('a windowed store knows how long its windows are and how long it keeps them', () => {
  const store = windowStore({ name: 'w', ...serdes, windowSizeMs: 10, retentionMs: 30 });
  const windows = definitionOf(store)?.windows;

  assert.equal(windows?.endMs(20), 30);
  assert.equal(windows?.retentionMs, 30);
});

test('a store made by hand needs a name that Kafka takes for its changelog', () => {
  assert.throws(() => keyValueStore({ name: generated, ...serdes }), /a name of its own/);
  assert.throws(() => keyValueStore({ name: 'a b', ...serdes }), ConfigError);
});

test('windows must have a length, and be kept for at least that long', () => {
  const make = (windowSizeMs: number, retentionMs: number) => () =>
    windowStore({ name: 'w', ...serdes, windowSizeMs, retentionMs });

  assert.throws(make(10, 9), /retentionMs \(9\) must be at least windowSizeMs \(10\)/);
  assert.throws(make(0, 9), ConfigError);
  assert.throws(make(Number.NaN, 9), ConfigError);
  assert.doesNotThrow(make(10, 10));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepFreeze } from './deep-freeze.ts';

test('a value is frozen with everything in it', () => {
  const value = { owner: { name: 'ada' }, items: [{ sku: 'tea' }] };
  assert.equal(deepFreeze(value), value);

  assert.throws(() => Object.assign(value.owner, { name: 'bob' }), TypeError);
  assert.throws(() => value.items.push({ sku: 'milk' }), TypeError);
  assert.throws(() => Object.assign(value.items[0] ?? {}, { sku: 'milk' }), TypeError);
});

test('primitives, and values that lead back to themselves, are no trouble', () => {
  for (const value of [1, 'a', null, undefined, true, 1n]) assert.equal(deepFreeze(value), value);
  const loop: { self?: unknown } = {};
  loop.self = loop;
  assert.ok(Object.isFrozen(deepFreeze(loop)));
});

test('bytes within a value stay as they are: they cannot be frozen', () => {
  const value = deepFreeze({ bytes: new Uint8Array([1]) });
  value.bytes[0] = 2;
  assert.equal(value.bytes[0], 2);
});

test('what is frozen already is not looked into again', () => {
  const inner = { count: 1 };
  const outer = deepFreeze(Object.freeze({ inner }));
  assert.equal(Object.isFrozen(outer.inner), false);
});

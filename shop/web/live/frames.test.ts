import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFrame } from './frames.ts';

test('a hello says which protocol, zone and time the shop has', () => {
  const hello = '{"op":"hello","v":1,"instance":"crew-1","zone":"Asia/Seoul","now":1700000000000}';
  assert.deepEqual(readFrame(hello), {
    op: 'hello',
    version: 1,
    instance: 'crew-1',
    zone: 'Asia/Seoul',
    nowMs: 1_700_000_000_000,
  });
});

test('a snapshot carries its channel, key and number', () => {
  const snap = '{"op":"snap","ch":"ranking","key":"orders:today","seq":4,"pos":9,"data":[]}';
  assert.deepEqual(readFrame(snap), {
    op: 'snap',
    channel: 'ranking',
    key: 'orders:today',
    sequence: 4,
    data: [],
  });
});

test('text that is no frame is ignored', () => {
  for (const text of ['', '{', '[]', 'null', '{"op":"sing"}']) {
    assert.equal(readFrame(text), undefined);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeShare, decodeSubscription, encodeShare, encodeSubscription } from './share-codec.ts';

test('what a consumer says of itself comes back as it was', () => {
  const subscription = {
    topics: new Map([
      ['orders', 12],
      ['paid.v2', 1],
    ]),
    owned: [
      { topic: 'orders', partition: 0 },
      { topic: 'orders', partition: 11 },
    ],
  };

  const bytes = encodeSubscription(subscription);

  assert.equal(Buffer.from(bytes).toString(), 'orders 12 0,11\npaid.v2 1 ');
  assert.deepEqual(decodeSubscription(bytes), subscription);
});

test('a share comes back as it was, also when it is empty', () => {
  const share = [
    { topic: 'orders', partition: 3 },
    { topic: 'orders', partition: 4 },
    { topic: 'paid', partition: 0 },
  ];

  assert.deepEqual(decodeShare(encodeShare(share)), share);
  assert.deepEqual(decodeShare(encodeShare([])), []);
});

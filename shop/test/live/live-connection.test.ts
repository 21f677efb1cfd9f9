import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveConnection } from '../../src/live/live-connection.ts';

test('a clock that is set back holds up no frame', () => {
  const sent: string[] = [];
  const connection = new LiveConnection(
    {
      bufferedAmount: 0,
      send: (text) => sent.push(text),
      ping: () => undefined,
      close: () => undefined,
      terminate: () => undefined,
    },
    0,
  );
  const channel = { minIntervalMs: 100, isKey: () => true, snapshot: () => sent.length };
  const subscription = connection.follow('product', '7', channel);
  assert.ok(subscription !== undefined);
  connection.flush(3_600_000);
  assert.equal(sent.length, 1);

  subscription.isDirty = true;
  connection.flush(3_600_099);
  assert.equal(sent.length, 1);
  connection.flush(1_000);
  assert.equal(sent.length, 2);
});

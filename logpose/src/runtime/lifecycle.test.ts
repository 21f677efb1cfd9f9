import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { InvariantError } from '../base/assert.ts';
import { Lifecycle, type StateChange, successors } from './lifecycle.ts';

suite('the life of an application', () => {
  test('goes along the table, and every move is told', () => {
    const moves: StateChange[] = [];
    const lifecycle = new Lifecycle((move) => moves.push(move));

    lifecycle.move('starting');
    lifecycle.move('running');

    assert.deepEqual(moves, [
      { from: 'created', to: 'starting' },
      { from: 'starting', to: 'running' },
    ]);
    assert.equal(lifecycle.hasEnded, false);
  });

  test('is waited for, state by state', async () => {
    const lifecycle = new Lifecycle(() => {});
    const reached: string[] = [];
    const waits = (['starting', 'running'] as const).map((state) =>
      lifecycle.until((now) => now === state).then(() => reached.push(state)),
    );

    lifecycle.move('starting');
    await waits[0];
    assert.deepEqual(reached, ['starting']);
    lifecycle.move('running');
    await Promise.all(waits);

    assert.deepEqual(reached, ['starting', 'running']);
    await lifecycle.until(() => true);
  });

  test('does not leave the table', () => {
    const lifecycle = new Lifecycle(() => {});

    assert.throws(() => lifecycle.move('running'), InvariantError);
    assert.equal(lifecycle.state, 'created');
  });

  test('ends, wherever it is: every state leads to closed', () => {
    for (const start of Object.keys(successors)) {
      const reached = new Set([start]);
      for (const state of reached) {
        const next = Object.entries(successors).find(([from]) => from === state)?.[1] ?? [];
        for (const each of next) reached.add(each);
      }
      assert.ok(reached.has('closed'), start);
    }
  });
});

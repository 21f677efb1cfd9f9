import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ManualClock } from '../../src/testing.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { append, everyTopology, numbers, orders } from './every-operator.ts';
import { TaskRig } from './task-rig.ts';

const commitEvery = 4;

suite('an abort leaves no trace', () => {
  for (const [name, topology] of everyTopology()) {
    for (const emit of ['each-commit', 'each-change'] as const) {
      test(`${name}, ${emit}: aborted at any record and at any prepared commit`, () => {
        const expected = run(topology, emit).rig.snapshot();
        const { steps } = run(topology, emit);
        for (let abortAt = 0; abortAt <= steps; abortAt++) {
          const { rig } = run(topology, emit, abortAt);
          assert.deepEqual(rig.snapshot(), expected, `aborted at step ${abortAt}`);
        }
      });
    }
  }

  test('an abort drops both the transaction that commits and the one that fills', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(orders)
      .groupByKey()
      .count({ name: 'counts', emit: 'each-change' })
      .toStream()
      .to(numbers);
    const rig = new TaskRig(builder.build());
    append(rig);
    rig.fetch();
    rig.task.process(4);
    rig.commit();
    const before = rig.snapshot();
    rig.task.process(3);
    rig.prepare();
    rig.task.process(2);

    rig.abort();

    assert.deepEqual(rig.snapshot(), before);
    assert.equal(rig.task.positions()[0]?.offset, 4);
    while (rig.task.process(5) > 0) rig.commit();
    const straight = new TaskRig(builder.build());
    append(straight);
    straight.fetch();
    while (straight.task.process(1) > 0) straight.commit();
    assert.deepEqual(rig.topic('numbers'), straight.topic('numbers'));
  });

  test('while one transaction commits, the next one reads its rows and has rows of its own', () => {
    const builder = new StreamsBuilder();
    builder.stream(orders).groupByKey().count({ name: 'counts' }).toStream().to(numbers);
    const rig = new TaskRig(builder.build());
    for (let at = 0; at < 3; at++) rig.append(orders, 'ada', [{ sku: 'tea', pieces: 1 }, at]);
    rig.fetch();
    rig.task.process(1);
    rig.prepare();
    rig.task.process(2);
    assert.equal(rig.hand.generation, 2);

    rig.settle();
    const afterFirst = rig.snapshot();
    rig.commit();

    assert.deepEqual(afterFirst['store counts'], ['"ada" = {"value":1,"timestamp":0}']);
    assert.deepEqual(rig.snapshot()['store counts'], ['"ada" = {"value":3,"timestamp":2}']);
  });
});

suite('a run with many commits and aborts', () => {
  for (const [name, topology] of everyTopology()) {
    // What an internal topic brings back, and when, depends on the commits.
    if (topology.repartitionTopics.length > 0) continue;
    test(`writes, with each change, what a run in one go writes: ${name}`, () => {
      const straight = new TaskRig(topology, { emit: 'each-change' });
      append(straight);
      straight.fetch();
      straight.task.process(100);
      straight.commit();
      const expected = outputOf(straight);
      for (let seed = 1; seed <= 30; seed++) {
        assert.deepEqual(outputOf(atRandom(topology, seed)), expected, `seed ${seed}`);
      }
    });
  }
});

/** Commits overlap with processing, and every other transaction or so is aborted. */
function atRandom(topology: Topology, seed: number): TaskRig {
  const rig = new TaskRig(topology, { emit: 'each-change' });
  const random = new ManualClock(0, seed);
  append(rig);
  rig.fetch();
  for (let step = 0; step < 200; step++) {
    const choice = random.random();
    if (choice < 0.6) rig.task.process(1 + Math.floor(random.random() * 3));
    else if (choice < 0.8 && !rig.isCommitting) rig.prepare();
    else if (choice < 0.9 && rig.isCommitting) rig.settle();
    else if (choice > 0.92) rig.abort();
  }
  if (rig.isCommitting) rig.settle();
  rig.task.process(100);
  rig.commit();
  return rig;
}

/** Everything but changelogs, in which a row stands once a commit. */
function outputOf(rig: TaskRig): readonly (readonly [string, unknown])[] {
  return Object.entries(rig.snapshot()).filter(([name]) => !name.endsWith('-changelog'));
}

/** Processes everything, one record a step, with a commit every few; aborts once, at one step. */
function run(topology: Topology, emit: 'each-commit' | 'each-change', abortAt = -1) {
  const rig = new TaskRig(topology, { emit });
  append(rig);
  let steps = 0;
  let aborted = false;
  const abortsHere = () => {
    if (steps++ !== abortAt || aborted) return false;
    aborted = true;
    rig.abort();
    return true;
  };
  rig.fetch();
  for (;;) {
    let processed = 0;
    while (processed < commitEvery && rig.task.process(1) > 0) {
      processed = abortsHere() ? 0 : processed + 1;
    }
    if (processed === 0) break;
    rig.prepare();
    if (abortsHere()) continue;
    rig.settle();
    rig.fetch();
  }
  return { rig, steps };
}

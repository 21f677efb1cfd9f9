import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import type { ProcessorContext } from '../../src/operators/processor-definition.ts';
import type { NewRecord } from '../../src/record/stream-record.ts';
import { topic } from '../../src/record/topic.ts';
import { readCommitMetadata } from '../../src/runtime/task/commit-metadata.ts';
import { utf8 } from '../../src/serde/primitives.ts';
import type { Cancel } from '../../src/topology/processor.ts';
import type { PunctuationSchedule } from '../../src/topology/punctuation.ts';
import { TaskRig } from './task-rig.ts';

const left = topic('left', { key: utf8, value: utf8 });
const right = topic('right', { key: utf8, value: utf8 });
const out = topic('out', { key: utf8, value: utf8 });

const kept = { everyMs: 10, time: 'wall-clock', name: 'ticks' } as const;
const hourMs = 3_600_000;
const nine = { cron: '0 9 * * *', zone: 'UTC', name: 'daily' } as const;

suite('a schedule with a name', () => {
  test('is committed beside every input as soon as it begins', () => {
    const rig = scheduling(kept);
    assert.equal(rig.task.isDirty, true);

    rig.commit();

    assert.equal(settledIn(rig, 'left'), 0);
    assert.equal(settledIn(rig, 'right'), 0);
    assert.equal(rig.task.isDirty, false);
  });

  test('goes on from its last call when its task is opened anew', () => {
    const rig = scheduling(kept);
    rig.clock.advance(10);
    rig.task.punctuate();
    rig.commit();
    rig.clock.advance(7);

    rig.abort();
    rig.clock.advance(2);
    rig.task.punctuate();
    rig.clock.advance(1);
    rig.task.punctuate();
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 10', 'at 20']);
  });

  test('runs once, at once, for all times that passed before its task was opened', () => {
    const rig = scheduling(kept);
    rig.commit();
    rig.clock.advance(45);

    rig.abort();
    rig.task.punctuate();
    rig.clock.advance(4);
    rig.task.punctuate();
    rig.clock.advance(1);
    rig.task.punctuate();
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 45', 'at 50']);
  });

  test('runs again when its call’s transaction is aborted, and its output is there once', () => {
    const rig = scheduling(kept);
    rig.commit();
    rig.clock.advance(10);
    rig.task.punctuate();
    rig.prepare();

    rig.abort();
    rig.task.punctuate();
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 10']);
    assert.equal(settledIn(rig, 'left'), 10);
  });

  test('keeps what was settled when the interval is another one now', () => {
    let schedule: PunctuationSchedule = kept;
    const rig = rigOf(({ punctuate, forward }) => {
      punctuate(schedule, (nowMs) => forward({ key: '', value: `at ${nowMs}` }));
    });
    rig.clock.advance(10);
    rig.task.punctuate();
    rig.commit();
    schedule = { ...kept, everyMs: 25 };

    rig.abort();
    for (const ms of [24, 1]) {
      rig.clock.advance(ms);
      rig.task.punctuate();
    }
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 10', 'at 35']);
  });

  test('is forgotten when it is cancelled', () => {
    let cancel: Cancel = () => undefined;
    const rig = rigOf(({ punctuate }) => {
      cancel = punctuate(kept, () => undefined);
    });
    rig.commit();

    cancel();
    rig.commit();

    assert.equal(settledIn(rig, 'left'), undefined);
    assert.equal(settledIn(rig, 'right'), undefined);
  });

  test('may begin while records are processed', () => {
    const rig = rigOf(() => undefined, {
      onRecord: ({ punctuate, forward }) =>
        punctuate(kept, (nowMs) => forward({ key: '', value: `at ${nowMs}` })),
    });
    rig.append(left, 'l', ['tea', 1]);
    rig.fetch();
    rig.task.process(1);
    rig.clock.advance(10);
    rig.task.punctuate();
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 10']);
    assert.equal(settledIn(rig, 'left'), 10);
  });

  test('has the name alone in its task', () => {
    const twice = () =>
      rigOf(({ punctuate }) => {
        punctuate(kept, () => undefined);
        punctuate({ ...nine, name: 'ticks' }, () => undefined);
      });
    assert.throws(twice, refusedFor(/task 0_0 has two schedules named ticks/));
  });

  test('is one of at most sixteen of its task: what is kept beside an offset is limited', () => {
    const make = (count: number) => () =>
      rigOf(({ punctuate }) => {
        for (let at = 0; at < count; at++) {
          punctuate({ ...kept, name: `${at}`.padEnd(100, '-') }, () => undefined);
        }
      });
    const rig = make(16)();
    rig.commit();
    assert.ok((rig.committedOffset('left')?.metadata.length ?? 0) < 4096);
    assert.throws(make(17), refusedFor(/at most 16 schedules/));
  });
});

test('a schedule without a name begins anew with its task', () => {
  const rig = scheduling({ everyMs: 10, time: 'wall-clock' });
  rig.clock.advance(9);

  rig.abort();
  rig.clock.advance(9);
  rig.task.punctuate();

  assert.equal(rig.task.isDirty, false);
  assert.equal(rig.task.nextWallClockMs, 19);
});

suite('a clock that is set back', () => {
  test('by more than the interval is followed', () => {
    const rig = scheduling({ everyMs: 10, time: 'wall-clock' });
    rig.clock.advance(1000);
    rig.task.punctuate();

    rig.clock.advance(-900);
    rig.task.punctuate();
    rig.clock.advance(10);
    rig.task.punctuate();
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 1000', 'at 110']);
  });

  test('by less is waited for: no call comes early', () => {
    const rig = scheduling({ everyMs: 10, time: 'wall-clock' });
    rig.clock.advance(1000);
    rig.task.punctuate();

    for (const ms of [-5, 14, 1]) {
      rig.clock.advance(ms);
      rig.task.punctuate();
    }
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 1000', 'at 1010']);
  });

  test('is followed on the grid of an anchor', () => {
    const rig = scheduling({ everyMs: 10, time: 'wall-clock', anchorMs: 3 });
    rig.clock.advance(1000);
    rig.task.punctuate();

    rig.clock.advance(-900);
    rig.task.punctuate();
    rig.clock.advance(3);
    rig.task.punctuate();
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 1000', 'at 103']);
  });

  test('by up to three hours repeats no time of a cron expression, by more it does', () => {
    const rig = scheduling(nine);
    for (const hours of [9, -2, 2]) {
      rig.clock.advance(hours * hourMs);
      rig.task.punctuate();
    }
    for (const hours of [-4, 4]) {
      rig.clock.advance(hours * hourMs);
      rig.task.punctuate();
    }
    rig.commit();

    const called = `at ${9 * hourMs}`;
    assert.deepEqual(valuesOf(rig), [called, called]);
  });

  test('does not silence a schedule that was kept by a clock far ahead', () => {
    const rig = scheduling(kept);
    rig.clock.advance(1_000_000);
    rig.task.punctuate();
    rig.commit();
    rig.clock.advance(-999_000);

    rig.abort();
    rig.clock.advance(10);
    rig.task.punctuate();
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 1000000', 'at 1010']);
    assert.equal(settledIn(rig, 'right'), 1010);
  });
});

type Context = ProcessorContext<NewRecord<string, string>, Record<never, never>>;

function rigOf(
  init: (context: Context) => unknown,
  { onRecord }: { readonly onRecord?: (context: Context) => unknown } = {},
): TaskRig {
  const builder = new StreamsBuilder();
  builder
    .stream(left)
    .merge(builder.stream(right))
    .process({
      output: { key: utf8, value: utf8 },
      init: (context) => {
        init(context);
        return () => {
          onRecord?.(context);
        };
      },
    })
    .to(out);
  return new TaskRig(builder.build(), { maxTaskIdleMs: -1 });
}

function scheduling(schedule: PunctuationSchedule): TaskRig {
  return rigOf(({ punctuate, forward }) => {
    punctuate(schedule, (nowMs) => forward({ key: '', value: `at ${nowMs}` }));
  });
}

function settledIn(rig: TaskRig, input: string): number | undefined {
  const { processorTimes } = readCommitMetadata(rig.committedOffset(input)?.metadata ?? '');
  return processorTimes.get('schedule:ticks') ?? processorTimes.get('schedule:daily');
}

function valuesOf(rig: TaskRig): readonly string[] {
  return rig.topic('out').map(({ value }) => Buffer.from(value ?? []).toString());
}

function refusedFor(problem: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ConfigError && problem.test(error.message);
}

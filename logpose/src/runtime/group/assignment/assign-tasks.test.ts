import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { assignTasks } from './assign-tasks.ts';
import type { AssignableMember, AssignableTask, Assignment } from './assignment.ts';

const settings = { standbys: 0, maxWarmups: 2, acceptableLag: 100 };
const much = 1_000_000;

suite('tasks are assigned', () => {
  test('in turns, those of one subtopology to different members', () => {
    const tasks = [...stateless('0', 2), ...stateless('1', 2)];

    const assignment = assignTasks({ tasks, members: [member('a'), member('b')], settings });

    assert.deepEqual(shown(assignment), ['a: 0_0 1_0', 'b: 0_1 1_1', 'none']);
  });

  test('by capacity', () => {
    const members = [{ ...member('a'), capacity: 2 }, member('b')];

    const assignment = assignTasks({ tasks: stateless('0', 6), members, settings });

    assert.deepEqual(shown(assignment), ['a: 0_0 0_2 0_3 0_5', 'b: 0_1 0_4', 'none']);
  });

  test('to another only when their owner has let go of them', () => {
    const tasks = stateless('0', 2);
    const owner = { ...member('a'), active: ['0_0', '0_1'] };
    const released = { ...member('a'), active: ['0_0'] };

    const first = assignTasks({ tasks, members: [owner, member('b')], settings });
    const second = assignTasks({ tasks, members: [released, member('b')], settings });

    assert.deepEqual(shown(first), ['a: 0_0', 'b:', 'when-revoked']);
    assert.deepEqual(shown(second), ['a: 0_0', 'b: 0_1', 'none']);
  });

  test('with much state once the other has caught up: until then it is kept warm there', () => {
    const tasks = stateful('0', 2);
    const owner = owning('a', ['0_0', '0_1']);
    const warming = (lag: number) => keeping('b', { '0_1': lag });

    const cold = assignTasks({ tasks, members: [owner, member('b')], settings });
    const behind = assignTasks({ tasks, members: [owner, warming(101)], settings });
    const caughtUp = assignTasks({ tasks, members: [owner, warming(100)], settings });
    const released = assignTasks({ tasks, members: [owning('a', ['0_0']), warming(0)], settings });

    assert.deepEqual(shown(cold), ['a: 0_0 0_1', 'b: (0_1)', 'probe']);
    assert.deepEqual(shown(behind), ['a: 0_0 0_1', 'b: (0_1)', 'probe']);
    // It keeps it warm for the day that it gets it.
    assert.deepEqual(shown(caughtUp), ['a: 0_0', 'b: (0_1)', 'when-revoked']);
    assert.deepEqual(shown(released), ['a: 0_0', 'b: 0_1', 'none']);
  });

  test('with little state at once', () => {
    const tasks = stateful('0', 2).map((task) => ({ ...task, changelogRecords: 100 }));
    const members = [owning('a', ['0_0', '0_1']), member('b')];

    const assignment = assignTasks({ tasks, members, settings });

    assert.deepEqual(shown(assignment), ['a: 0_0', 'b:', 'when-revoked']);
  });

  test('at most so many warm-ups at a time', () => {
    const tasks = stateful('0', 8);
    const all = tasks.map(({ id }) => id);

    const assignment = assignTasks({ tasks, members: [owning('a', all), member('b')], settings });

    assert.deepEqual(shown(assignment), [`a: ${all.join(' ')}`, 'b: (0_4) (0_5)', 'probe']);
  });

  test('to their standbys when their member is gone, and others keep them warm', () => {
    const tasks = stateful('0', 2);
    const withStandbys = { ...settings, standbys: 1 };
    const a = { ...owning('a', ['0_0']), standby: ['0_1'] };
    const left = { ...a, lags: new Map(Object.entries({ '0_0': 0, '0_1': 3 })) };

    const assignment = assignTasks({
      tasks,
      members: [left, member('c'), member('d')],
      settings: withStandbys,
    });

    // c is to have it, and a has it until then.
    assert.deepEqual(shown(assignment), ['a: 0_0 0_1', 'c: [0_1]', 'd: [0_0]', 'probe']);
  });

  test('to nobody while two say that they have them', () => {
    const tasks = stateless('0', 1);
    const members = ['a', 'b'].map((id) => ({ ...member(id), active: ['0_0'] }));

    const assignment = assignTasks({ tasks, members, settings });

    assert.deepEqual(shown(assignment), ['a:', 'b:', 'when-revoked']);
  });

  test('not at all without members', () => {
    const assignment = assignTasks({ tasks: stateless('0', 1), members: [], settings });

    assert.deepEqual(shown(assignment), ['none']);
  });

  test('so that no standby is beside its task or another of its host', () => {
    const tasks = stateful('0', 1);
    const members = ['a', 'b', 'c'].map((id) => ({
      ...member(id),
      hostId: id === 'c' ? 'other' : 'one',
    }));

    const assignment = assignTasks({ tasks, members, settings: { ...settings, standbys: 2 } });

    assert.deepEqual(shown(assignment), ['a: 0_0', 'b:', 'c: [0_0]', 'none']);
  });
});

function stateless(subtopology: string, partitions: number): readonly AssignableTask[] {
  return Array.from({ length: partitions }, (_, partition) => ({
    id: `${subtopology}_${partition}`,
    isStateful: false,
    weight: 1,
    changelogRecords: 0,
  }));
}

function stateful(subtopology: string, partitions: number): readonly AssignableTask[] {
  return stateless(subtopology, partitions).map((task) => ({
    ...task,
    isStateful: true,
    changelogRecords: much,
  }));
}

/** Has nothing, on a host of its own. */
function member(id: string): AssignableMember {
  return { id, hostId: id, capacity: 1, active: [], standby: [], lags: new Map() };
}

function owning(id: string, active: readonly string[]): AssignableMember {
  return { ...member(id), active, lags: new Map(active.map((task) => [task, 0])) };
}

function keeping(id: string, lags: Readonly<Record<string, number>>): AssignableMember {
  return { ...member(id), standby: Object.keys(lags), lags: new Map(Object.entries(lags)) };
}

/** A line for each member: its tasks, [standbys], (warm-ups); then what is to follow. */
function shown({ members, followUp }: Assignment): readonly string[] {
  const lines = [...members].map(([id, { active, standby, warmup }]) => {
    const kept = [...standby.map((task) => `[${task}]`), ...warmup.map((task) => `(${task})`)];
    return [`${id}:`, ...active, ...kept].join(' ');
  });
  return [...lines, followUp];
}

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { assignTasks } from '../../src/runtime/group/assignment/assign-tasks.ts';
import type {
  AssignableMember,
  AssignableTask,
  AssignmentQuestion,
} from '../../src/runtime/group/assignment/assignment.ts';
import { SimulatedGroup } from './simulated-group.ts';

const seed = Number(process.env['LOGPOSE_SEED'] ?? 21);
const numRuns = 200;

suite(`an assignment of tasks (seed ${seed})`, () => {
  test('settles with every task once, balanced within one', () => {
    checkAll(history, ({ tasks, standbys, steps }) => {
      const group = groupOf({ tasks, standbys, changelogRecords: 0 });
      group.settle(maxRounds);
      for (const step of steps) {
        take(step, group);
        group.settle(maxRounds);
      }

      const stateful = new Set(tasks.filter(isStateful).map(({ id }) => id));
      assert.deepEqual(group.violations, []);
      assert.equal(group.owners().size, tasks.length);
      assertEven(group.members.map(({ active }) => active.length));
      const kept = group.members.map(({ active }) => active.filter((id) => stateful.has(id)));
      assertEven(kept.map(({ length }) => length));
    });
  });

  test('settles the same way when state has to be copied first, a few tasks at a time', () => {
    checkAll(history, ({ tasks, standbys, steps }) => {
      const group = groupOf({ tasks, standbys, changelogRecords: undefined });
      group.settle(maxRounds);
      for (const step of steps) {
        take(step, group);
        group.settle(maxRounds + tasks.length * 2);
      }

      assert.deepEqual(group.violations, []);
      assert.equal(group.owners().size, tasks.length);
      assertEven(group.members.map(({ active }) => active.length));
    });
  });

  test('stays as it is when nothing changes', () => {
    checkAll(history, ({ tasks, standbys, steps }) => {
      const group = groupOf({ tasks, standbys, changelogRecords: undefined });
      for (const step of steps) take(step, group);
      group.settle(maxRounds + tasks.length * 2);
      const before = group.members;

      group.rebalance();

      assert.deepEqual(group.members, before);
    });
  });

  test('moves at most the share of a member that comes', () => {
    checkAll(history, ({ tasks, standbys, steps }) => {
      const group = groupOf({ tasks, standbys, changelogRecords: 0 });
      for (const step of steps) take(step, group);
      group.settle(maxRounds);
      const before = group.owners();

      group.add('newcomer');
      group.settle(maxRounds);

      const moved = [...group.owners()].filter(([id, owner]) => before.get(id) !== owner);
      const stateful = tasks.filter(isStateful);
      const movedState = moved.filter(([id]) => stateful.some((task) => task.id === id));
      const share = (of: readonly AssignableTask[]) => Math.ceil(of.length / group.members.length);
      assert.ok(movedState.length <= share(stateful), show(moved));
      assert.ok(moved.length <= share(tasks) + rounding(tasks), show(moved));
    });
  });

  test('moves only its tasks when a member goes', () => {
    checkAll(history, ({ tasks, standbys, steps }) => {
      const group = groupOf({ tasks, standbys, changelogRecords: 0 });
      group.add('stays', 'goes');
      for (const step of steps) take(step, group);
      group.settle(maxRounds);
      const before = group.owners();

      group.remove('goes');
      group.settle(maxRounds);

      const moved = [...group.owners()].filter(
        ([id, owner]) => before.get(id) !== owner && before.get(id) !== 'goes',
      );
      const stateful = tasks.filter(isStateful);
      const movedState = moved.filter(([id]) => stateful.some((task) => task.id === id));
      assert.deepEqual(movedState, []);
      assert.ok(moved.length <= rounding(tasks), show(moved));
    });
  });

  test('keeps as many standbys as there are members for, none beside its task', () => {
    checkAll(history, ({ tasks, standbys, steps }) => {
      const group = groupOf({ tasks, standbys, changelogRecords: undefined });
      for (const step of steps) take(step, group);
      group.settle(maxRounds + tasks.length * 2);

      const owners = group.owners();
      const kept = group.standbys();
      for (const { id } of tasks.filter(isStateful)) {
        const on = kept.get(id) ?? [];
        assert.equal(on.length, Math.min(standbys, group.members.length - 1));
        assert.ok(!on.includes(owners.get(id) ?? ''));
      }
      assert.equal(kept.size <= tasks.filter(isStateful).length, true);
    });
  });

  test('is the same whatever the order of tasks and members, and of what they have', () => {
    checkAll(fc.tuple(question, fc.integer()), ([asked, turn]) => {
      const turned: AssignmentQuestion = {
        ...asked,
        tasks: shuffled(asked.tasks, turn),
        members: shuffled(asked.members, turn).map((member) => ({
          ...member,
          active: shuffled(member.active, turn),
          standby: shuffled(member.standby, turn),
        })),
      };

      const [one, other] = [asked, turned].map((each) => assignTasks(each));

      assert.deepEqual(one, other);
    });
  });

  test('gives no task to two, whatever members say that they have', () => {
    checkAll(question, (asked) => {
      const { members } = assignTasks(asked);

      const active = [...members.values()].flatMap((given) => given.active);
      assert.equal(new Set(active).size, active.length);
      for (const [id, given] of members) {
        for (const other of asked.members) {
          const taken = given.active.filter((task) => other.active.includes(task));
          assert.deepEqual(other.id === id ? [] : taken, []);
        }
      }
    });
  });
});

/** Far more than are ever needed where state is there at once. */
const maxRounds = 6;
const ids = ['a', 'b', 'c', 'd', 'e'] as const;

const tasks = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 })
  .map((subtopologies) =>
    subtopologies.flatMap(([isKept, partitions], subtopology) =>
      Array.from(
        { length: partitions },
        (_, partition): AssignableTask => ({
          id: `${subtopology}_${partition}`,
          isStateful: isKept,
          weight: 1,
          changelogRecords: undefined,
        }),
      ),
    ),
  );

type Step = readonly ['comes' | 'goes' | 'rebalance', (typeof ids)[number]];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('comes', 'comes', 'goes', 'rebalance'),
  fc.constantFrom(...ids),
);

const history = fc.record({
  tasks,
  standbys: fc.integer({ min: 0, max: 2 }),
  steps: fc.array(step, { maxLength: 8 }),
});

/** Anything that members may say, also what contradicts itself. */
const question: fc.Arbitrary<AssignmentQuestion> = tasks.chain((some) => {
  const owned = fc.subarray(some.map(({ id }) => id));
  return fc.record({
    tasks: fc.constant(some),
    members: fc.subarray([...ids], { minLength: 1 }).chain((present) =>
      fc.tuple(
        ...present.map((id) =>
          fc
            .record({
              hostId: fc.constantFrom('h1', 'h2', id),
              capacity: fc.integer({ min: 1, max: 3 }),
              active: owned,
              standby: owned,
              lags: fc
                .array(fc.tuple(fc.constantFrom(...some.map((task) => task.id)), fc.nat(20_000)))
                .map((entries) => new Map(entries)),
            })
            .map((said): AssignableMember => ({ id, ...said })),
        ),
      ),
    ),
    settings: fc.record({
      standbys: fc.integer({ min: 0, max: 3 }),
      maxWarmups: fc.integer({ min: 1, max: 3 }),
      acceptableLag: fc.constant(10_000),
    }),
  });
});

function checkAll<T>(values: fc.Arbitrary<T>, check: (value: T) => void): void {
  fc.assert(fc.property(values, check), { seed, numRuns });
}

/**
 * State comes first: where both sorts of tasks are balanced, a stateless one may have to make up
 * for a stateful one.
 */
function rounding(some: readonly AssignableTask[]): number {
  return some.every(isStateful) || !some.some(isStateful) ? 0 : 1;
}

interface GroupOf {
  readonly tasks: readonly AssignableTask[];
  readonly standbys: number;
  /** What a member lags behind that has nothing: 0 is caught up. */
  readonly changelogRecords: number | undefined;
}

function groupOf({ tasks: some, standbys, changelogRecords }: GroupOf): SimulatedGroup {
  const group = new SimulatedGroup(
    some.map((task) => ({ ...task, changelogRecords })),
    { standbys, maxWarmups: 2, acceptableLag: 10_000 },
  );
  group.add('first');
  return group;
}

function take([what, id]: Step, group: SimulatedGroup): void {
  const isThere = group.members.some((member) => member.id === id);
  if (what === 'comes' && !isThere) group.add(id);
  else if (what === 'goes') group.remove(id);
  group.rebalance();
}

function isStateful(task: AssignableTask): boolean {
  return task.isStateful;
}

function assertEven(counts: readonly number[]): void {
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `uneven: ${counts.join(', ')}`);
}

/** Another order of the same: `turn` says which. */
function shuffled<T>(items: readonly T[], turn: number): readonly T[] {
  const at = items.length === 0 ? 0 : Math.abs(turn) % items.length;
  return [...items.slice(at), ...items.slice(0, at)].reverse();
}

function show(moved: readonly (readonly [string, string])[]): string {
  return `moved: ${moved.map(([id, to]) => `${id} to ${to}`).join(', ')}`;
}

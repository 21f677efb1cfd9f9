import { builtInCompressions } from '../compression/built-in-compressions.ts';
import type { Counters } from '../runtime/metrics.ts';
import { RecordInHand } from '../runtime/task/record-in-hand.ts';
import { Task } from '../runtime/task/task.ts';
import type { AnyOpenStore, TaskSettings, TaskStore } from '../runtime/task/task-parts.ts';
import { topicNaming } from '../runtime/topic-names.ts';
import type { PlannedTask, PlannedTaskStore } from '../runtime/worker/task-plan.ts';
import { readCron } from '../schedule/cron.ts';
import { openStore } from '../store/open-store.ts';
import { MemoryEngine } from '../store-memory/memory-engine.ts';
import type { AnyValue, Topology } from '../topology/topology.ts';
import { driverApplicationId } from './driver-plan.ts';
import type { DriverTopics } from './driver-topics.ts';
import type { ManualClock } from './manual-clock.ts';

/** What the tasks of a driver run on. */
export interface DriverTaskParts {
  readonly topology: Topology;
  readonly settings: TaskSettings;
  readonly clock: ManualClock;
  readonly topics: DriverTopics;
  readonly counters: Counters;
}

/** One task of a driver, its stores in memory. */
export class DriverTask {
  readonly plan: PlannedTask;
  readonly task: Task;
  readonly #stores: ReadonlyMap<string, TaskStore>;

  constructor(plan: PlannedTask, parts: DriverTaskParts) {
    const { topology, settings, clock, topics, counters } = parts;
    const hand = new RecordInHand();
    const internal = new Set(topology.repartitionTopics.map(({ name }) => name));
    this.plan = plan;
    this.#stores = new Map(
      plan.stores.map((store) => [store.definition.name, opened(store, hand)]),
    );
    this.task = Task.open({
      id: plan.id,
      subtopology: plan.subtopology,
      inputs: plan.inputs.map((input) => ({ ...input, startOffset: 0, metadata: '' })),
      stores: this.#stores,
      hand,
      output: topics,
      topicName: topicNaming(driverApplicationId, topology),
      isInternal: (planned) => internal.has(planned),
      settings,
      compressions: builtInCompressions,
      readCron,
      clock,
      counters,
      listeners: { dropped: () => undefined },
      // Everything that is there is queued.
      endOffset: () => 0,
    });
  }

  /** Undefined: another part of the topology has it. */
  store(name: string): AnyOpenStore | undefined {
    return this.#stores.get(name)?.store;
  }

  commit(): void {
    this.task.prepareCommit();
    this.task.settled();
  }
}

function opened({ definition, changelog }: PlannedTaskStore, hand: RecordInHand): TaskStore {
  const engine = new MemoryEngine();
  const store: AnyValue = openStore({ definition, engine, timeMs: hand.timeMs, inHand: hand });
  store.checkWrites();
  return { store, changelog };
}

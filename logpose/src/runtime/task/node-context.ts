import { must } from '../../base/assert.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import type { Forward, NodeContext } from '../../topology/processor.ts';
import type { AnyStoreDefinition, AnyValue, ProcessorNode } from '../../topology/topology.ts';
import type { Drops } from './drops.ts';
import type { Failures } from './failures.ts';
import type { Schedules } from './schedules.ts';
import { type Flushable, RowTable, WindowTable } from './table-writer.ts';
import type { AnyOpenStore, TaskParts } from './task-parts.ts';
import type { TaskState } from './task-state.ts';

/** What the processors of one task share. */
export interface TaskInside {
  readonly parts: TaskParts;
  readonly state: TaskState;
  readonly drops: Drops;
  readonly failures: Failures;
  /** The tables' writers by store. */
  readonly tables: Map<string, Flushable>;
  readonly schedules: Schedules;
}

/** What one processor may use. */
export function nodeContext({ name }: ProcessorNode, inside: TaskInside): NodeContext {
  const { parts, state, drops, schedules } = inside;
  const { hand, clock } = parts;
  const openStore = (definition: AnyStoreDefinition): AnyOpenStore => {
    const { stores } = parts.subtopology;
    const planned = stores.find((each) => each.definition.name === definition.name);
    const isConnected = planned?.processors.includes(name) === true;
    const opened = isConnected ? parts.stores.get(definition.name) : undefined;
    return must(opened, `${name} uses only stores that it is connected to`).store;
  };
  const tableParts = (definition: AnyStoreDefinition) => {
    const { levels } = openStore(definition);
    return { levels, hand, emit: definition.emit ?? parts.settings.emit };
  };
  return {
    taskId: parts.id,
    store: (definition): AnyValue => openStore(definition).writable,
    table: (definition, forward: Forward<AnyValue, AnyValue>) => {
      const table = new RowTable<AnyValue, AnyValue, AnyValue>(tableParts(definition), forward);
      inside.tables.set(definition.name, table);
      return table;
    },
    windowTable: (definition, forward: Forward<AnyValue, AnyValue>) => {
      const time = must(openStore(definition).time, 'a table of windows knows their times');
      const windowParts = { ...tableParts(definition), time };
      const table = new WindowTable<AnyValue, AnyValue, AnyValue>(windowParts, forward);
      inside.tables.set(definition.name, table);
      return table;
    },
    punctuate: (schedule, run) => schedules.add(name, schedule, guarded(name, inside, run)),
    drop: (reason) => drops.drop(name, reason),
    requestCommit: () => {
      state.commitRequested = true;
    },
    onClose: (run) => state.onClose(run),
    streamTimeMs: () => state.streamTimeMs(),
    wallClockMs: () => clock.nowMs(),
    observedTime: () => hand.observed.of(name),
    position: (): RecordPosition | undefined => hand.source?.position(),
    generation: () => hand.generation,
  };
}

/** A punctuator: no record is in hand while it runs, and what it throws goes to the policy. */
function guarded(
  node: string,
  { parts, failures }: TaskInside,
  run: (nowMs: number) => void,
): (nowMs: number) => void {
  return (nowMs) => {
    parts.hand.release(nowMs);
    try {
      run(nowMs);
    } catch (cause) {
      failures.processFailed(node, undefined, cause);
    }
  };
}

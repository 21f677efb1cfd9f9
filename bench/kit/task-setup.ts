import { StreamsBuilder } from 'logpose';
import { system } from '../../logpose/src/base/clock.ts';
import { builtInCompressions } from '../../logpose/src/compression/built-in-compressions.ts';
import { Counters } from '../../logpose/src/runtime/metrics.ts';
import { RecordInHand } from '../../logpose/src/runtime/task/record-in-hand.ts';
import type { TaskInput, TaskParts, TaskStore } from '../../logpose/src/runtime/task/task-parts.ts';
import { TransactionOutput } from '../../logpose/src/runtime/task/transaction-output.ts';
import { readCron } from '../../logpose/src/schedule/cron.ts';
import { openStore } from '../../logpose/src/store/open-store.ts';
import { MemoryEngine } from '../../logpose/src/store-memory/memory-engine.ts';
import type { AnyValue, Topology } from '../../logpose/src/topology/topology.ts';

/** A task's parts and what is needed of them afterwards. */
export interface TaskSetup {
  readonly parts: TaskParts;
  readonly output: TransactionOutput;
}

/** Everything a task of one source needs to run alone: topics are wherever it writes to. */
export function taskSetup(
  describe: (builder: StreamsBuilder) => void,
  emit: 'each-commit' | 'each-change' = 'each-commit',
): TaskSetup {
  const builder = new StreamsBuilder();
  describe(builder);
  const topology = builder.build();
  const hand = new RecordInHand();
  const output = new TransactionOutput({ partitionsOf: () => 1, random: system.random });
  const [subtopology] = topology.subtopologies;
  if (subtopology === undefined) throw new Error('there is nothing in the topology');
  const parts: TaskParts = {
    id: '0_0',
    subtopology,
    inputs: inputsOf(topology),
    stores: storesOf(topology, hand),
    hand,
    output,
    topicName: (planned) => planned,
    isInternal: () => false,
    settings: { emit, maxTaskIdleMs: 0, maxBufferedBytes: 1e9, policies: {} },
    compressions: builtInCompressions,
    readCron,
    clock: system,
    counters: new Counters(),
    listeners: { dropped: () => undefined },
    endOffset: () => 0,
  };
  return { parts, output };
}

function inputsOf(topology: Topology): readonly TaskInput[] {
  return topology.nodes.flatMap((node) => {
    if (node.kind !== 'source' || !('topics' in node.input)) return [];
    const { name: source, input } = node;
    return input.topics.map((topic) => ({
      topic,
      partition: 0,
      source,
      startOffset: 0,
      metadata: '',
    }));
  });
}

function storesOf(topology: Topology, hand: RecordInHand): ReadonlyMap<string, TaskStore> {
  return new Map(
    topology.stores.map(({ definition }) => {
      const engine = new MemoryEngine();
      const store: AnyValue = openStore({ definition, engine, timeMs: hand.timeMs, inHand: hand });
      const changelog = { topic: `${definition.name}-changelog`, partition: 0 };
      return [definition.name, { store, changelog }];
    }),
  );
}

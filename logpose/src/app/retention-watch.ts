import type { LogAdmin, TopicDescription } from '../log/log-port.ts';
import type { Counters } from '../runtime/metrics.ts';
import { topicNaming } from '../runtime/topic-names.ts';
import type { PlannedTask } from '../runtime/worker/task-plan.ts';
import type { TaskSlot } from '../runtime/worker/task-slot.ts';
import type { Topology } from '../topology/topology.ts';

/** Whose topics are watched. */
export interface Watched {
  readonly id: string;
  readonly topology: Topology;
  readonly tasks: readonly PlannedTask[];
  readonly admin: LogAdmin;
  readonly counters: Counters;
}

/** Name of the metric that is 1 for a topic whose retention stream time was older than. */
const behindRetention = 'behind-retention';

/**
 * Warns, once per topic, when an application writes records that are older than their topic keeps
 * records: a log removes by the records' own times, so that what comes of historic data may be gone
 * as soon as it is written, changelogs of windows included.
 */
export class RetentionWatch {
  /** By task. */
  readonly #kept: ReadonlyMap<string, readonly KeptFor[]>;
  readonly #counters: Counters;
  readonly #warned = new Set<string>();

  private constructor(kept: ReadonlyMap<string, readonly KeptFor[]>, counters: Counters) {
    this.#kept = kept;
    this.#counters = counters;
  }

  /** Looks up how long the topics are kept that tasks write to, as far as the plan names them. */
  static async open({ id, topology, tasks, admin, counters }: Watched): Promise<RetentionWatch> {
    const naming = topicNaming(id, topology);
    const written = new Map(tasks.map((task) => [task.id, writtenBy(task, naming)]));
    const names = [...new Set([...written.values()].flat())];
    const kept = (await admin.describeTopics(names)).flatMap((topic) => keptFor(topic) ?? []);
    const byTask = [...written].map(
      ([task, topics]) => [task, kept.filter(({ topic }) => topics.includes(topic))] as const,
    );
    return new RetentionWatch(new Map(byTask), counters);
  }

  /** Looks at what tasks have processed. */
  check(slots: readonly TaskSlot[], nowMs: number): void {
    for (const { plan, task } of slots) {
      const behindMs = nowMs - (task?.streamTimeMs ?? nowMs);
      const kept = this.#kept.get(plan.id) ?? [];
      const older = kept.filter(({ retentionMs }) => behindMs > retentionMs);
      for (const topic of older) this.#warn(topic, plan.id);
    }
  }

  #warn({ topic, retentionMs }: KeptFor, task: string): void {
    if (this.#warned.has(topic)) return;
    this.#warned.add(topic);
    this.#counters.counter(behindRetention, { topic }).value = 1;
    process.emitWarning(
      `task ${task} writes records to ${topic} that are older than the topic keeps records ` +
        `(retention.ms ${retentionMs}): they may be removed at once. For historic data raise it; ` +
        'for changelogs there is internalTopics: { retentionMs }',
      { code: 'LOGPOSE_BEHIND_RETENTION' },
    );
  }
}

/** Kafka's, and the embedded log's. */
const defaultRetentionMs = 7 * 24 * 60 * 60 * 1000;

interface KeptFor {
  readonly topic: string;
  readonly retentionMs: number;
}

function writtenBy(task: PlannedTask, naming: (planned: string) => string): readonly string[] {
  const sinks = task.subtopology.nodes.flatMap((node) =>
    node.kind === 'sink' && 'topic' in node.target ? [naming(node.target.topic)] : [],
  );
  return [...sinks, ...task.stores.flatMap(({ changelog }) => changelog?.topic ?? [])];
}

/** Undefined: nothing is removed by age. */
function keptFor(topic: TopicDescription | undefined): KeptFor | undefined {
  if (topic === undefined) return undefined;
  const { 'cleanup.policy': cleanup = 'delete', 'retention.ms': retention } = topic.config;
  const retentionMs = Number(retention ?? defaultRetentionMs);
  if (!cleanup.includes('delete') || !(retentionMs >= 0)) return undefined;
  return { topic: topic.name, retentionMs };
}

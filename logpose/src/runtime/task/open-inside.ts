import { must } from '../../base/assert.ts';
import type { AnyProcessor } from '../../topology/topology.ts';
import { decoderOf } from './decode.ts';
import { Drops } from './drops.ts';
import { Failures } from './failures.ts';
import type { TaskInside } from './node-context.ts';
import type { QueueParts } from './partition-queue.ts';
import { Schedules } from './schedules.ts';
import type { TaskInput, TaskParts } from './task-parts.ts';
import { TaskState } from './task-state.ts';

/** What the processors of a new task share. */
export function openInside(parts: TaskParts): TaskInside {
  const { id, hand, counters, listeners, output, settings, clock } = parts;
  const drops = new Drops({ id, hand, counters, listeners });
  const state = new TaskState(hand, clock);
  return {
    parts,
    drops,
    state,
    failures: new Failures({ id, hand, counters, drops, output, policies: settings.policies }),
    tables: new Map(),
    schedules: new Schedules(parts, state),
  };
}

/** What one input of a task is read with. */
export function queueParts(
  { input, entry }: { readonly input: TaskInput; readonly entry: AnyProcessor },
  { parts, drops, failures }: TaskInside,
): QueueParts {
  const { topic, partition, source: name } = input;
  const { compressions, settings, subtopology } = parts;
  const node = must(
    subtopology.nodes.find((each) => each.name === name),
    'inputs name nodes of the subtopology',
  );
  if (node.kind !== 'source') throw new TypeError(`${name} is not a source`);
  return {
    input,
    entry,
    decode: decoderOf(node, drops, failures),
    source: { topic, partition, compressions, crc: settings.crc ?? 'checked' },
  };
}

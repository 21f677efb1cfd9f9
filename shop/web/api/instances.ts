import type { Outcome } from './problem.ts';
import { request } from './request.ts';
import { fieldsOf, listOf, numberOf, textOf } from './shape.ts';

const states = ['starting', 'rebalancing', 'running', 'down'] as const;

export type InstanceState = (typeof states)[number];

/** A stream instance. */
export interface InstanceReport {
  readonly id: string;
  readonly state: InstanceState;
  /** How many it has. */
  readonly tasks: number;
  /** Records that are still to be read before its counts can be asked. */
  readonly restoreLag: number;
}

/** Ends an instance without warning; the answer is what it is then. */
export function killInstance(id: string): Promise<Outcome<InstanceReport>> {
  const path = `/api/ops/instances/${encodeURIComponent(id)}/kill`;
  return request({ method: 'POST', path, read: readInstance });
}

/** Reads what the shop says of its instances. */
export function readInstances(data: unknown): readonly InstanceReport[] {
  return listOf(data, readInstance);
}

function readInstance(data: unknown): InstanceReport | undefined {
  const fields = fieldsOf(data);
  const id = textOf(fields['id']);
  const state = states.find((one) => one === fields['state']);
  if (id === undefined || state === undefined) return undefined;
  const tasks = listOf(fields['tasks'], textOf).length;
  return { id, state, tasks, restoreLag: numberOf(fields['restoreLag']) ?? 0 };
}

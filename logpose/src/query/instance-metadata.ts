import type { TaskHolder } from '../runtime/group/shares.ts';
import type { PlannedTask } from '../runtime/worker/task-plan.ts';
import type { StoreHandle, StoreKind } from '../store/store-handle.ts';

/** An instance and what it has; each worker thread counts as one. */
export interface InstanceMetadata {
  /** `host:port` under which it is reached; undefined: it has not said. */
  readonly advertised: string | undefined;
  /** Stores of which it has a partition. */
  readonly stores: readonly string[];
  /** The tasks that it processes. */
  readonly tasks: readonly string[];
}

/** Who has what, as the group of an application has shared its tasks out. */
export interface AppMetadata {
  /** Every instance, this one too; none before this one has been given its share. */
  instances(): readonly InstanceMetadata[];
  /**
   * The instance whose task has the key; undefined while no instance has.
   *
   * @throws {ConfigError} When the topology has no such store, or no key can be that.
   */
  ownerOf<Kind extends StoreKind, K, V>(
    handle: StoreHandle<Kind, K, V>,
    key: NoInfer<K>,
  ): InstanceMetadata | undefined;
}

/** What a member of the group has, in users' words. */
export function instanceMetadata(
  { advertised, active }: TaskHolder,
  tasks: readonly PlannedTask[],
): InstanceMetadata {
  const own = tasks.filter(({ id }) => active.includes(id));
  const stores = own.flatMap((task) => task.stores.map(({ definition }) => definition.name));
  return { advertised, stores: [...new Set(stores)].toSorted(), tasks: active };
}

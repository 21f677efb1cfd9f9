import type { Surroundings } from '../base/clock.ts';
import { portOf } from '../client/create-log.ts';
import { builtInCompressions } from '../compression/built-in-compressions.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { GroupMap } from '../query/group-map.ts';
import { type InstanceMetadata, instanceMetadata } from '../query/instance-metadata.ts';
import { partitionOfEncodedKey } from '../query/key-partition.ts';
import type { Readers } from '../query/readers.ts';
import { RoutedStore } from '../query/routed-store.ts';
import type { StoreHost } from '../query/store-host.ts';
import { storeReader } from '../query/store-reader.ts';
import type {
  RowKeys,
  SubscribeOptions,
  SubscriptionEvent,
} from '../query/subscriptions/subscription-events.ts';
import { Subscriptions } from '../query/subscriptions/subscriptions.ts';
import { encodedKey } from '../query/typed-rows.ts';
import { WorkerPeer } from '../query/worker-peer.ts';
import type { AppState } from '../runtime/lifecycle.ts';
import type { PlannedTask } from '../runtime/worker/task-plan.ts';
import type { Worker } from '../runtime/worker/worker.ts';
import { windowBytesOf } from '../serde/windowed.ts';
import { requireHandle, type StoreHandle, type StoreKind } from '../store/store-handle.ts';
import type { AnyStoreDefinition, Topology } from '../topology/topology.ts';
import type { SharedOptions } from './options.ts';
import { PeerRegistry } from './peers.ts';

/** The instance whose state is read, as it is now. */
export interface ReadInstance {
  readonly options: SharedOptions;
  readonly surroundings: Surroundings;
  state(): AppState;
  /** Whether its tasks have been started, wherever they run. */
  hasTasks(): boolean;
  /** Undefined: not started, or its tasks run in other threads. */
  worker(): Worker | undefined;
  /** Undefined: it is a module's, which is not loaded yet. */
  topology(): Topology | undefined;
  /** Resolves when a start that is under way has ended, well or not. */
  started(): Promise<void>;
  /** Every task of the application, whoever has it; empty as long as that is not known. */
  tasks(): readonly PlannedTask[];
}

/** How the state of an application is read through one of its instances. */
export class StateReading {
  readonly #instance: ReadInstance;
  readonly #peers: PeerRegistry;
  readonly #own: WorkerPeer;
  readonly #host: StoreHost;
  readonly #subscriptions: Subscriptions;
  #forget: () => void = () => undefined;

  constructor(instance: ReadInstance) {
    const { options, surroundings } = instance;
    this.#instance = instance;
    this.#peers = new PeerRegistry(portOf(options.log), options.id);
    this.#own = new WorkerPeer({
      clock: surroundings,
      processId: () => instance.worker()?.processId,
      worker: () => (this.#unavailable() === undefined ? instance.worker() : undefined),
    });
    this.#host = {
      surroundings,
      unavailable: () => this.#unavailable(),
      tasksOf: (store) => tasksWith(store, instance.tasks()),
      peers: () => [this.#own, ...this.#peers.list().filter((peer) => peer !== this.#own)],
      hasLost: (processId) => this.#peers.hasLost(processId),
    };
    this.#subscriptions = new Subscriptions({
      host: this.#host,
      log: portOf(options.log),
      compressions: builtInCompressions,
      surroundings,
      started: () => instance.started(),
    });
  }

  /** Makes the instance known to the others. */
  open(): void {
    this.#forget = this.#peers.add(this.#own);
  }

  /** Ends subscriptions, with an error when it is not closed in good order. Idempotent. */
  close(how: 'closed' | 'broken'): void {
    this.#forget();
    this.#subscriptions.close(how);
  }

  /** @throws {ConfigError} When the topology has no such store. */
  store<Kind extends StoreKind, K, V>(handle: StoreHandle<Kind, K, V>): Readers<K, V>[Kind] {
    const definition = this.#definition(handle);
    return storeReader(handle, definition, new RoutedStore(handle.name, this.#host));
  }

  /** @throws {ConfigError} When the topology has no such store, or it can't be subscribed to. */
  subscribe<Kind extends StoreKind, K, V>(
    handle: StoreHandle<Kind, K, V>,
    options: SubscribeOptions<RowKeys<K>[Kind]>,
  ): AsyncIterable<SubscriptionEvent<RowKeys<K>[Kind], V>> {
    const definition = this.#definition(handle);
    return this.#subscriptions.subscribe({ handle, definition }, options);
  }

  /** Every instance of the application, as the group has shared work out. */
  instances(): readonly InstanceMetadata[] {
    const tasks = this.#instance.tasks();
    return new GroupMap(this.#host).holders.map((holder) => instanceMetadata(holder, tasks));
  }

  /** The instance that has a key's partition; undefined: none, or that is not known. */
  ownerOf<K, V>(handle: StoreHandle<StoreKind, K, V>, key: K): InstanceMetadata | undefined {
    const { name } = this.#definition(handle);
    const tasks = this.#instance.tasks();
    const bytes = encodedKey(handle.key, key);
    const partitions = tasksWith(name, tasks).length;
    const partition = partitionOfEncodedKey(bytes, partitions, windowBytesOf(handle.key));
    const holder = new GroupMap(this.#host).ownerOf({ store: name, partition });
    return holder && instanceMetadata(holder, tasks);
  }

  #definition<K, V>(handle: StoreHandle<StoreKind, K, V>): AnyStoreDefinition {
    requireHandle(handle);
    const topology = this.#instance.topology();
    if (topology === undefined) {
      throw new ConfigError([
        `store ${handle.name} cannot be read yet: what a module's topology has is known when the ` +
          'application has started',
      ]);
    }
    const { stores } = topology;
    const planned = stores.find(({ definition }) => definition.name === handle.name);
    if (planned?.definition.storeKind === handle.storeKind) return planned.definition;
    const names = stores.map(({ definition }) => definition.name).join(', ');
    throw new ConfigError([
      `the topology has no ${handle.storeKind} store ${handle.name}; it has ${names || 'none'}`,
    ]);
  }

  #unavailable() {
    const state = this.#instance.state();
    if (state === 'closing' || state === 'closed') {
      return { state: 'unavailable', reason: 'closed' } as const;
    }
    if (state === 'failed' || !this.#instance.hasTasks()) {
      return { state: 'unavailable', reason: 'not-running' } as const;
    }
    return undefined;
  }
}

function tasksWith(store: string, tasks: readonly PlannedTask[]): readonly PlannedTask[] {
  return tasks.filter(({ stores }) => stores.some(({ definition }) => definition.name === store));
}

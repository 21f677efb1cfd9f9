import { must } from '../../base/assert.ts';
import type { Surroundings } from '../../base/clock.ts';
import { ConfigError } from '../../errors/config-errors.ts';
import { LogUnavailableError } from '../../errors/log-errors.ts';
import { StoreUnavailableError } from '../../errors/store-errors.ts';
import type { Compressions } from '../../log/compression.ts';
import type { LogPort } from '../../log/log-port.ts';
import type { StoreHandle, StoreKind } from '../../store/store-handle.ts';
import type { AnyStoreDefinition } from '../../topology/topology.ts';
import { RoutedStore } from '../routed-store.ts';
import { unavailable } from '../scan.ts';
import type { StoreHost } from '../store-host.ts';
import { TypedRows } from '../typed-rows.ts';
import type { Changelog } from './changelog.ts';
import { ChangelogTail } from './changelog-tail.ts';
import { Ending, Iteration } from './ending.ts';
import { rowFilter } from './row-filter.ts';
import { rowKeyCodec } from './row-places.ts';
import { Subscriber } from './subscriber.ts';
import type { RowKeys, SubscribeOptions, SubscriptionEvent } from './subscription-events.ts';

/** What subscriptions need of the instance they are made through. */
export interface SubscriptionHost {
  readonly host: StoreHost;
  readonly log: LogPort;
  readonly compressions: Compressions;
  readonly surroundings: Surroundings;
  /** Resolves when a start that is under way has ended, well or not. */
  started(): Promise<void>;
}

/** A store as it is subscribed to. */
export interface SubscribedStore<Kind extends StoreKind, K, V> {
  readonly handle: StoreHandle<Kind, K, V>;
  readonly definition: AnyStoreDefinition;
}

/** The subscriptions of one instance: those to one store share what reads its changelog's end. */
export class Subscriptions {
  readonly #of: SubscriptionHost;
  readonly #tails = new Map<string, ChangelogTail>();
  readonly #ended = new AbortController();

  constructor(of: SubscriptionHost) {
    this.#of = of;
  }

  /**
   * The events of a store; each iteration is a subscription of its own.
   *
   * @throws {ConfigError} When the store has no changelog, or the options make no sense.
   */
  subscribe<Kind extends StoreKind, K, V>(
    { handle, definition }: SubscribedStore<Kind, K, V>,
    options: SubscribeOptions<RowKeys<K>[Kind]>,
  ): AsyncIterable<SubscriptionEvent<RowKeys<K>[Kind], V>> {
    const { maxBuffered = 1000, from } = options;
    checkOptions(definition, maxBuffered);
    const rows = new TypedRows(handle, definition);
    const codec = rowKeyCodec(handle, rows);
    const filter = rowFilter(options, codec);
    const { surroundings, host } = this.#of;
    const begin = (signal: AbortSignal) => {
      const changelog = this.#changelog(definition);
      const tail = this.#tail(changelog);
      const store = new RoutedStore(handle.name, host);
      const given = { surroundings, store, changelog, tail, filter, codec, rows };
      return new Subscriber({ ...given, from, maxBuffered, signal }).events();
    };
    const causes = options.signal === undefined ? [] : [options.signal];
    const about = { store: handle.name, causes };
    return {
      [Symbol.asyncIterator]: () => new Iteration((left) => this.#events(about, left, begin)),
    };
  }

  /** Ends all of them. Idempotent. */
  close(how: 'closed' | 'broken'): void {
    if (!this.#ended.signal.aborted) this.#ended.abort(how);
  }

  async *#events<E>(
    { store, causes }: { readonly store: string; readonly causes: readonly AbortSignal[] },
    left: AbortSignal,
    begin: (signal: AbortSignal) => AsyncGenerator<E, undefined>,
  ): AsyncGenerator<E, undefined> {
    const ended = this.#ended.signal;
    await this.#of.started();
    const why = this.#of.host.unavailable();
    if (why !== undefined) throw unavailable({ name: store }, why);
    using ending = new Ending([ended, left, ...causes]);
    try {
      yield* begin(ending.signal);
    } catch (error) {
      // What fails because everything is closed is no failure of its own.
      if (!(error instanceof LogUnavailableError)) throw error;
      const cannotRead = { why: 'its changelog cannot be read', cause: error };
      if (!ending.signal.aborted) throw new StoreUnavailableError(store, 'unavailable', cannotRead);
    }
    if (ended.aborted && ended.reason === 'broken') {
      throw new StoreUnavailableError(store, 'unavailable', { why: reasonOf.broken });
    }
  }

  #tail({ topic, log, compressions, timers }: Changelog): ChangelogTail {
    let tail = this.#tails.get(topic);
    if (tail === undefined) {
      tail = new ChangelogTail({ log, compressions, timers, topic });
      this.#tails.set(topic, tail);
    }
    return tail;
  }

  #changelog(definition: AnyStoreDefinition): Changelog {
    const { host, log, compressions, surroundings } = this.#of;
    const tasks = host.tasksOf(definition.name);
    const [changelog] = tasks.flatMap(({ stores }) =>
      stores.filter((store) => store.definition.name === definition.name),
    );
    const { topic } = must(changelog?.changelog, 'a store that is subscribed to has a changelog');
    const partitions = tasks.length;
    return { log, compressions, timers: surroundings, topic, partitions, definition };
  }
}

const reasonOf = { broken: 'its application has failed or was abandoned' };

function checkOptions(definition: AnyStoreDefinition, maxBuffered: number): void {
  const problems: string[] = [];
  if (definition.changelog === 'none') {
    problems.push(
      `store ${definition.name} keeps no changelog, from which subscriptions read: leave out ` +
        "changelog: 'none'",
    );
  }
  if (!Number.isSafeInteger(maxBuffered) || maxBuffered < 1) {
    problems.push(`maxBuffered is ${maxBuffered} and must be a whole number, at least 1`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

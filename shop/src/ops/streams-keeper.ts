import { join } from 'node:path';
import type { StreamsApp } from 'logpose';
import { must } from '../domain/assert.ts';
import type { ShopStreams } from '../streams/app.ts';
import type { ShopStores } from '../streams/topology.ts';
import type { InstanceReport, InstanceState, Instances, Killed } from './instances.ts';
import { StreamsInstance, type StreamsInstanceOptions } from './streams-instance.ts';

/** What the streams run with, and who is told of their failures. */
export interface StreamsKeeperOptions extends Omit<StreamsInstanceOptions, 'id'> {
  /** How many share the tasks. Default 1. */
  readonly instances?: number;
}

/** Who is asked first. */
const preferred: readonly InstanceState[] = ['running', 'rebalancing', 'starting', 'down'];

/**
 * Keeps the stream instances running. What one has that fails or is killed the others take over
 * until it is back; while none is there counts are said to be unavailable, and the shop goes on
 * selling.
 */
export class StreamsKeeper implements Instances, AsyncDisposable {
  readonly #instances: readonly StreamsInstance[];

  constructor({ instances = 1, ...options }: StreamsKeeperOptions) {
    this.#instances = Array.from({ length: instances }, (_none, at) => {
      const id = instanceId(at + 1);
      return new StreamsInstance({ ...options, id, ...directoryOf(options, id, at) });
    });
  }

  /** An instance that lives, if there is one: each of them answers for all. */
  get app(): StreamsApp {
    return this.#reachable.app;
  }

  /** The handles that `app` knows. */
  get stores(): ShopStores {
    return this.#reachable.stores;
  }

  report(): readonly InstanceReport[] {
    return this.#instances.map((instance) => instance.report());
  }

  kill(id: string): Killed {
    const instance = this.#instances.find((one) => one.id === id);
    if (instance === undefined) return 'not-found';
    return instance.kill() ? 'killed' : 'already-down';
  }

  /** @throws {TopologyError} @throws {ConfigError} When they cannot be started at all. */
  async start(): Promise<void> {
    const [first, ...others] = this.#instances;
    // The first makes the topics that all of them share.
    await first?.start();
    await Promise.all(others.map((instance) => instance.start()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#instances.map((instance) => instance[Symbol.asyncDispose]()));
  }

  get #reachable(): ShopStreams {
    const [best] = this.#instances.toSorted(
      (one, other) => preferred.indexOf(one.state) - preferred.indexOf(other.state),
    );
    return must(best, 'there is at least one instance').streams;
  }
}

/** What the instances are called: `crew-1`, `crew-2`, … */
export function instanceId(number: number): string {
  return `crew-${number}`;
}

/** The first keeps the place where a world of one instance has its state. */
function directoryOf(
  { stateDirectory }: { readonly stateDirectory?: string },
  id: string,
  at: number,
): { readonly stateDirectory?: string } {
  if (stateDirectory === undefined || at === 0) return {};
  return { stateDirectory: join(stateDirectory, id) };
}

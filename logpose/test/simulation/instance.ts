import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { type Surroundings, system } from '../../src/base/clock.ts';
import { createLog } from '../../src/client/create-log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import type { StoreEngineFactory } from '../../src/store/store-engine.ts';
import { lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { memoryStores } from '../../src/store-memory/memory-stores.ts';
import type { ManualClock } from '../../src/testing/manual-clock.ts';
import type { Gate } from './gate.ts';
import { Watch } from './history.ts';
import type { StoreProcess } from './kept-stores.ts';
import { applicationId, deadLetters } from './topics.ts';
import { simulatedTopology } from './topology.ts';
import type { World } from './world.ts';

/** What one start of an instance of the application is given. */
export interface InstanceParts {
  readonly world: World;
  /** Its files are of this place. */
  readonly place: number;
  readonly gate: Gate;
  readonly clock: ManualClock;
  readonly process: StoreProcess;
  /** The log as this start sees it. */
  readonly logOf: (watch: Watch) => LogPort;
}

/** One start of an instance of the application. */
export class Instance {
  readonly app: StreamsApp;
  readonly stores: ReturnType<typeof simulatedTopology>['stores'];
  readonly #opened: ReadonlySet<string>;

  private constructor(parts: InstanceParts) {
    this.#opened = parts.process.opened;
    const { world, clock, gate } = parts;
    const { settings } = world;
    const watch = new Watch(world.starts++, world.trace);
    const punctuated = watch.punctuated.bind(watch);
    const { topology, stores } = simulatedTopology(punctuated);
    const log = createLog(parts.logOf(watch), {
      compressions: builtInCompressions,
      surroundings: clock,
    });
    const options = {
      id: applicationId,
      log,
      topology,
      ...placeOf(parts),
      standbys: settings.standbys,
      commitIntervalMs: settings.commitIntervalMs,
      emit: settings.emit,
      maxTaskIdleMs: settings.maxTaskIdleMs,
      // The input is older than the clock.
      internalTopics: { retentionMs: 100 * 24 * 3_600_000 },
      onDecodeError: () =>
        settings.poison === 'continue' ? ('continue' as const) : { deadLetter: deadLetters },
      onProcessError: () => 'continue' as const,
    };
    const surroundings = behind(gate, clock);
    const internals = { surroundings, settings: settings.worker, observer: watch };
    this.stores = stores;
    this.app = new StreamsApp(withInternals(options, internals));
    this.app.on('rebalance', ({ tasks }) => watch.assigned(tasks));
    this.app.on('error', ({ code }) => world.trace.add(`survived:${code}`));
    this.app.on('state', ({ to }) => world.trace.add(`state ${to}`));
  }

  /**
   * Starts it, again and again while the log cannot be used.
   *
   * @param begun - Told of each attempt.
   */
  static async start(parts: InstanceParts, begun: (instance: Instance) => void): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const instance = new Instance(parts);
      begun(instance);
      try {
        return await instance.app.start();
      } catch (error) {
        const isWorthwhile = error instanceof LogUnavailableError && error.retriable;
        if (!isWorthwhile || attempt > maxStarts || parts.process.isDead()) throw error;
      }
    }
  }

  /** @throws When it has ended and holds on to something. */
  checkClosed(): void {
    assert.deepEqual([...this.#opened], [], 'stores are open behind the end');
  }

  /** @throws What it has failed with. */
  async check(): Promise<void> {
    if (this.app.state === 'failed') await this.app.ready();
  }
}

const maxStarts = 100;

/** Timers of an instance that is paused run when it goes on. */
function behind(gate: Gate, clock: ManualClock): Surroundings {
  return {
    nowMs: () => clock.nowMs(),
    random: () => clock.random(),
    after: (delayMs, run) => {
      let isWanted = true;
      const cancel = clock.after(delayMs, () =>
        gate.whenOpen(() => {
          if (isWanted) run();
        }),
      );
      return () => {
        isWanted = false;
        cancel();
      };
    },
  };
}

function placeOf({ world, place, process }: InstanceParts) {
  const { settings } = world;
  const stateDirectory = join(world.stateDirectory, String(place));
  if (settings.engine === 'memory') return { stores: { engine: memoryStores } };
  return { stateDirectory, stores: { engine: onDisk(world, process) } };
}

function onDisk({ settings, kept, disk }: World, process: StoreProcess): StoreEngineFactory {
  if (settings.engine === 'kept') return kept.factory(process);
  return lmdbStores({ bootId: disk.bootId, surroundings: realTime });
}

// Files are real, and so is their time; nobody waits for the timers of a process that has died.
const realTime: Surroundings = {
  ...system,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

import { type Surroundings, system } from '../../src/base/clock.ts';
import { createLog } from '../../src/client/create-log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import type { StreamsError } from '../../src/errors/streams-error.ts';
import { committedRow } from '../../src/query/encoded-rows.ts';
import { topic } from '../../src/record/topic.ts';
import { defaultAssignmentSettings } from '../../src/runtime/group/assignment/assignment.ts';
import { Counters } from '../../src/runtime/metrics.ts';
import { defaultSettings, type WorkerParts } from '../../src/runtime/worker/settings.ts';
import type { StandbySlot } from '../../src/runtime/worker/standby/standby-slot.ts';
import { Standbys } from '../../src/runtime/worker/standby/standbys.ts';
import { type PlannedTask, plannedTasks } from '../../src/runtime/worker/task-plan.ts';
import { TaskStores } from '../../src/runtime/worker/task-stores.ts';
import { readCron } from '../../src/schedule/cron.ts';
import { decodeBytes, encodeToBytes } from '../../src/serde/encoded.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { until } from '../app/app-kit.ts';
import { counting } from '../app/counting-topology.ts';
import { FaultyLog } from '../app/faulty-log.ts';
import { KeptEngines } from '../app/kept-engines.ts';
import { ReferenceLog } from '../contract/reference-log.ts';
import { ReferenceState } from '../contract/reference-state.ts';

const store = 'word-counts';
export const changelog = topic(`app-${store}-changelog`, { key: utf8, value: int64 });

/** The standbys of a worker without the worker: the stores of one task, and their changelog. */
export class StandbyRig implements AsyncDisposable {
  readonly port = new FaultyLog(new ReferenceLog(new ReferenceState()));
  readonly log = createLog(this.port, { compressions: builtInCompressions });
  readonly engines = new KeptEngines();
  readonly errors: StreamsError[] = [];
  readonly failures: unknown[] = [];
  readonly caughtUp: StandbySlot[] = [];
  /** Changelog records that were left at each step of a restoring. */
  readonly restored: number[] = [];
  readonly plan: PlannedTask;
  readonly standbys: Standbys;
  readonly #parts: WorkerParts;

  private constructor(surroundings: Surroundings) {
    const { topology } = counting();
    const counts = new Map([
      ['words', 1],
      ['by-word-repartition', 1],
    ]);
    const tasks = plannedTasks('app', topology, counts);
    const plan = tasks.find(({ stores }) => stores.length > 0);
    if (plan === undefined) throw new Error('the topology has a store');
    this.plan = plan;
    this.#parts = {
      applicationId: 'app',
      processId: 'one',
      instanceId: undefined,
      advertised: undefined,
      assignment: { ...defaultAssignmentSettings, acceptableLag: 1 },
      topology,
      tasks,
      log: this.port,
      compressions: builtInCompressions,
      readCron,
      engines: this.engines,
      directoryOf: () => undefined,
      policies: {},
      settings: { ...defaultSettings, retryDelayMs: 1 },
      surroundings,
      counters: new Counters(),
      listeners: {
        dropped: () => undefined,
        restoring: ({ lag }) => this.restored.push(lag),
        moved: () => undefined,
        rebalanced: () => undefined,
        recovered: (error) => this.errors.push(error),
        failed: (error) => this.failures.push(error),
      },
    };
    this.standbys = this.newStandbys();
  }

  static async open(surroundings: Surroundings = system): Promise<StandbyRig> {
    const rig = new StandbyRig(surroundings);
    await rig.createChangelog();
    return rig;
  }

  async createChangelog(): Promise<void> {
    await this.log.admin.createTopics([{ topic: changelog, partitions: 1 }]);
  }

  /** Those of another worker on the same files. */
  newStandbys(): Standbys {
    return new Standbys(this.#parts, {
      caughtUp: (slot) => this.caughtUp.push(slot),
      recovered: (error) => this.errors.push(error),
      failed: (error) => this.failures.push(error),
    });
  }

  newStores(): TaskStores {
    return new TaskStores(this.#parts, this.plan);
  }

  add(standbys = this.standbys): StandbySlot {
    standbys.add(this.plan, { stores: undefined, freed: Promise.resolve() });
    const slot = standbys.slots.at(-1);
    if (slot === undefined) throw new Error('it was just added');
    return slot;
  }

  /** Writes rows as the task's own worker would. */
  async put(rows: Readonly<Record<string, number>>): Promise<void> {
    await using producer = this.log.producer();
    for (const [key, value] of Object.entries(rows)) await producer.send(changelog, { key, value });
  }

  /** Waits until a standby has what its changelog has. */
  async caught(slot: StandbySlot): Promise<void> {
    const partition = { topic: changelog.name, partition: 0 };
    await until('the standby has everything', async () => {
      const [range] = await this.port.admin.offsetRanges([partition]);
      const found = slot.find(store);
      return found?.state === 'ready' && found.changelogOffset === range?.endOffset;
    });
  }

  /** What is read from a standby; undefined where there is no row, or no standby to read. */
  get(slot: StandbySlot, word: string): number | undefined {
    const found = slot.find(store);
    if (found?.state !== 'ready') return undefined;
    const row = committedRow(found.store, encodeToBytes(utf8, word), undefined);
    return row && decodeBytes(int64, row.value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.standbys.close('clean');
    await this.log[Symbol.asyncDispose]();
  }
}

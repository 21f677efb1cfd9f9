import { setTimeout } from 'node:timers/promises';
import { wraps } from '../../src/app/peers.ts';
import { must } from '../../src/base/assert.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { type RecoveryLoss, settingsOf } from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { Crash, type CrashDisk } from '../log-embedded/crash-disk.ts';
import { isCrash } from '../log-embedded/crashed-log.ts';
import { Crew } from './crew.ts';
import { breakSync, fillDisk, neverSyncing } from './disturbed-disk.ts';
import type { Gate } from './gate.ts';
import type { Instance, InstanceParts } from './instance.ts';
import { ReadChangelogs } from './ledger.ts';
import { createTopics, isAtEnd } from './log-topics.ts';
import { checkRecovery } from './recovery.ts';
import { SimulatedLog, type SimulatedLogParts } from './simulated-log.ts';
import { turns } from './turns.ts';
import type { World } from './world.ts';
import { inputsAmong, Writer } from './writer.ts';

// A run that is all right needs some hundred.
const maxTicks = 5000;

/** One process: the log, a writer of the input, and the application's instances. */
export class Life {
  readonly world: World;
  readonly #clock: ManualClock;
  readonly #disk: CrashDisk;
  #port: EmbeddedLog | undefined = undefined;
  #writer: Writer | undefined = undefined;
  readonly #crew: Crew;
  /** The log has had a failure that it does not survive. */
  #isBroken = false;
  /** Nothing goes wrong any more: what is left is to be finished. */
  #isCalm = false;

  constructor(world: World) {
    const { chance, settings } = world;
    this.world = world;
    this.#disk = world.disk;
    this.#clock = new ManualClock(world.nowMs, chance.int(0, 2 ** 31));
    this.#crew = new Crew({ world, partsOf: (place, gate) => this.#partsOf(place, gate) });
    if (world.crashesLeft <= 0) return;
    const step = chance.int(0, settings.maxStepsToCrash);
    this.#disk.dieAt({ step, bytes: chance.int(0, 300) });
  }

  get port(): EmbeddedLog {
    return must(this.#port, 'the log is open');
  }

  /** Those of the application, all of them running when the input is processed. */
  get instances(): readonly Instance[] {
    return this.#crew.instances;
  }

  /**
   * Runs until everything is processed, or the process has died.
   *
   * @throws Whatever is not a consequence of what the simulation does.
   */
  async run(): Promise<'finished' | 'died'> {
    try {
      await this.#open();
      for (let tick = 0; !(await this.#isFinished()); tick++) {
        if (tick > maxTicks) throw new Error(`the input is not processed after ${tick} ticks`);
        await this.#tick();
      }
      return 'finished';
    } catch (error) {
      if (!this.#disk.isDead && !isCrash(error) && !this.#isBroken) throw error;
      await this.#die();
      return 'died';
    }
  }

  /** Ends in order. */
  async close(): Promise<void> {
    await this.during(this.#crew.close());
    await this.during(this.port.close());
    this.world.nowMs = this.#clock.nowMs();
    this.world.lastEnd = 'clean';
  }

  async #open(): Promise<void> {
    const { world } = this;
    const { fsync, log, partitions } = world.settings;
    const losses: RecoveryLoss[] = [];
    const settings = settingsOf({ fsync, ...log, onRecovery: (loss) => losses.push(loss) });
    const disk = world.mutant?.sync === 'skipped' ? neverSyncing(this.#disk) : this.#disk;
    this.#port = await EmbeddedLog.open(disk, { surroundings: this.#clock, settings });
    const marks = await checkRecovery(world, this.#port, losses);
    await createTopics(this.#port, partitions);
    const from = { input: world.input, next: inputsAmong(marks) };
    const slow = this.#log({
      mark: () => this.#writer?.mark ?? '',
      pass: async () => {},
      reads: new ReadChangelogs(),
    });
    this.#writer = new Writer(slow, this.#clock, from);
  }

  async #tick(): Promise<void> {
    const { chance, settings } = this.world;
    await turns(chance.int(1, 6));
    if (chance.is(0.5)) this.#writer?.go();
    this.#disturb();
    this.#clock.advance(chance.pick([1, 5, 20, 120]));
    if (settings.engine === 'lmdb') await setTimeout(1);
    await this.#crew.tick(this.#isCalm);
    if (this.#writer?.failure !== undefined) throw this.#writer.failure;
    if (this.#disk.isDead) throw new Crash('the process is dead');
    if (this.#isBroken && chance.is(0.1)) throw new Crash('the log is given up');
  }

  #disturb(): void {
    const { chance, settings } = this.world;
    const { diskFull, syncFails } = settings.odds;
    if (this.#isCalm) return;
    if (chance.is(diskFull)) fillDisk(this.#disk, chance.int(1, 4), chance.int(0, 200));
    if (chance.is(syncFails)) {
      breakSync(this.#disk, () => {
        this.#isBroken = true;
      });
    }
    if (this.#writer?.isDone === true && chance.is(0.05)) this.#calmDown();
  }

  #calmDown(): void {
    this.#isCalm = true;
    this.#disk.dieAt({ step: Number.POSITIVE_INFINITY, bytes: 0 });
    this.#disk.failing = () => undefined;
  }

  async #isFinished(): Promise<boolean> {
    if (!this.#isCalm || this.#isBroken || this.#writer?.isDone !== true) return false;
    return this.#crew.isComplete && isAtEnd(this.port);
  }

  #partsOf(place: number, gate: Gate): InstanceParts {
    const { world } = this;
    const { chance, mutant, settings } = world;
    const reads = new ReadChangelogs();
    return {
      world,
      place,
      gate,
      clock: this.#clock,
      logOf: (watch) =>
        this.#log({ mark: () => world.ledger.begin(watch), pass: () => gate.pass(), reads }),
      process: {
        chance: chance.fork(),
        mutant,
        flushFails: () => (this.#isCalm ? 0 : settings.odds.flushFails),
        damage: () => (this.#isCalm ? 0 : settings.odds.damage),
        isDead: () => this.#disk.isDead,
        mayDie: this.#mayDie,
        opened: new Set(),
        checkFlush: (position) => world.ledger.checkFlush(position, reads),
      },
    };
  }

  #log(client: Pick<SimulatedLogParts, 'mark' | 'pass' | 'reads'>): LogPort {
    const { ledger, chance, mutant, settings } = this.world;
    const log = new SimulatedLog({
      ...client,
      port: this.port,
      ledger,
      chance: chance.fork(),
      mutant,
      commitFails: () => (this.#isCalm ? 0 : settings.odds.commitFails),
      maxPollBytes: settings.maxPollBytes,
      mayDie: this.#mayDie,
    });
    return wraps(log, this.port);
  }

  /** A chance to die at a place where no disk is changed. */
  readonly #mayDie = (where: string): void => {
    const { world } = this;
    if (this.#isCalm || this.#disk.isDead || world.crashesLeft <= 0) return;
    if (!world.chance.is(0.02)) return;
    world.trace.add(`died-in:${where}`);
    this.#disk.kill();
    throw new Crash(`the process died in ${where}`);
  };

  /** Waits for something while the clock goes on. */
  async during<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = (): void => {
      isDone = true;
    };
    work.then(end, end);
    for (let turn = 1; !isDone; turn++) {
      // Files are real, and take their time.
      await (this.world.settings.engine === 'lmdb' ? setTimeout(1) : turns(1));
      if (turn % 8 === 0) this.#clock.advance(20);
      if (turn > maxTurns) throw new Error('something does not end');
    }
    return work;
  }

  /** What has died and is not through by then never will be. */
  async #longEnough(): Promise<void> {
    const { engine } = this.world.settings;
    if (engine === 'lmdb') await setTimeout(maxEndMs, undefined, { ref: false });
    else await turns(engine === 'memory' ? 50 : 5000);
  }

  /** Whatever of it is still at work comes to an end, without a trace. */
  async #die(): Promise<void> {
    this.#disk.kill();
    this.world.nowMs = this.#clock.nowMs();
    const ended = this.#crew.abandon();
    await Promise.race([ended, this.#longEnough()]);
    this.world.crash();
  }
}

const maxTurns = 100_000;
const maxEndMs = 10_000;

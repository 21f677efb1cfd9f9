import { setTimeout } from 'node:timers/promises';
import { must } from '../../src/base/assert.ts';
import { FencedError } from '../../src/errors/log-errors.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { type RecoveryLoss, settingsOf } from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { Crash, type CrashDisk } from '../log-embedded/crash-disk.ts';
import { isCrash } from '../log-embedded/crashed-log.ts';
import { breakSync, fillDisk, neverSyncing } from './disturbed-disk.ts';
import { Instance } from './instance.ts';
import { createTopics, isAtEnd } from './log-topics.ts';
import { checkRecovery } from './recovery.ts';
import { SimulatedLog } from './simulated-log.ts';
import { turns } from './turns.ts';
import type { World } from './world.ts';
import { inputsAmong, Writer } from './writer.ts';

// A run that is all right needs some hundred.
const maxTicks = 5000;

/** One process: the log, a writer of the input, and the application, started again at times. */
export class Life {
  readonly world: World;
  readonly #clock: ManualClock;
  readonly #disk: CrashDisk;
  #port: EmbeddedLog | undefined = undefined;
  #writer: Writer | undefined = undefined;
  #instance: Instance | undefined = undefined;
  /** Starts of the application that another one has taken over from. */
  readonly #fenced: Instance[] = [];
  /** The log has had a failure that it does not survive. */
  #isBroken = false;
  /** Nothing goes wrong any more: what is left is to be finished. */
  #isCalm = false;

  constructor(world: World) {
    const { chance, settings } = world;
    this.world = world;
    this.#disk = world.disk;
    this.#clock = new ManualClock(world.nowMs, chance.int(0, 2 ** 31));
    if (world.crashesLeft <= 0) return;
    const step = chance.int(0, settings.maxStepsToCrash);
    this.#disk.dieAt({ step, bytes: chance.int(0, 300) });
  }

  get port(): EmbeddedLog {
    return must(this.#port, 'the log is open');
  }

  get instance(): Instance {
    return must(this.#instance, 'the application is started');
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
    for (const { app } of [...this.#fenced, this.instance]) await this.during(app.close());
    this.instance.checkClosed();
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
    this.#writer = new Writer(
      this.#log(() => this.#writer?.mark ?? ''),
      this.#clock,
      from,
    );
    this.#instance = await this.#start();
  }

  async #tick(): Promise<void> {
    const { chance, settings } = this.world;
    await turns(chance.int(1, 6));
    if (chance.is(0.5)) this.#writer?.go();
    this.#disturb();
    if (!this.#isCalm && this.world.restartsLeft > 0 && chance.is(0.02)) await this.#restart();
    this.#clock.advance(chance.pick([1, 5, 20, 120]));
    if (settings.engine === 'lmdb') await setTimeout(1);
    await this.#checkInstance();
    if (this.#writer?.failure !== undefined) throw this.#writer.failure;
    if (this.#disk.isDead) throw new Crash('the process is dead');
    if (this.#isBroken && chance.is(0.1)) throw new Crash('the log is given up');
  }

  /**
   * One that was fenced may take the id back, when it does not know how its commit ended. In the
   * end there is one that is not.
   */
  async #checkInstance(): Promise<void> {
    if (this.#fenced.length > 0 && this.#isCalm) return this.#startAlone();
    try {
      await this.instance.check();
    } catch (error) {
      if (!(error instanceof FencedError) || this.#fenced.length === 0) throw error;
      await this.#startAlone();
    }
  }

  async #startAlone(): Promise<void> {
    this.world.trace.add('restart:alone');
    for (const { app } of [...this.#fenced.splice(0), this.instance]) {
      app.abandon();
      await this.during(app.close());
    }
    this.#instance = await this.#start();
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

  /** The application alone ends and starts again, over the same log. */
  async #restart(): Promise<void> {
    const { world, instance } = this;
    const { chance, settings } = world;
    world.restartsLeft--;
    // Two processes cannot have the same files.
    const mayBeTwo = settings.engine === 'memory' && chance.is(settings.odds.fenced);
    const how = mayBeTwo ? 'fenced' : chance.pick(['abandoned', 'closed'] as const);
    world.trace.add(`restart:${how}`);
    if (how === 'fenced') this.#fenced.push(instance);
    else {
      if (how === 'abandoned') instance.app.abandon();
      await this.during(instance.app.close());
      instance.checkClosed();
    }
    this.#instance = await this.#start();
  }

  async #isFinished(): Promise<boolean> {
    if (!this.#isCalm || this.#isBroken || this.#writer?.isDone !== true) return false;
    return this.instance.app.state === 'running' && isAtEnd(this.port);
  }

  #start(): Promise<Instance> {
    const { world } = this;
    const { chance, mutant, settings } = world;
    return Instance.start({
      world,
      clock: this.#clock,
      logOf: (watch) => this.#log(() => world.ledger.begin(watch)),
      process: {
        chance: chance.fork(),
        mutant,
        flushFails: () => (this.#isCalm ? 0 : settings.odds.flushFails),
        damage: () => (this.#isCalm ? 0 : settings.odds.damage),
        isDead: () => this.#disk.isDead,
        mayDie: this.#mayDie,
        opened: new Set(),
        checkFlush: (position) => world.ledger.checkFlush(position),
      },
    });
  }

  #log(mark: () => string): LogPort {
    const { ledger, chance, mutant, settings } = this.world;
    return new SimulatedLog({
      port: this.port,
      ledger,
      chance: chance.fork(),
      mutant,
      commitFails: () => (this.#isCalm ? 0 : settings.odds.commitFails),
      maxPollBytes: settings.maxPollBytes,
      mark,
      mayDie: this.#mayDie,
    });
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
      await turns(1);
      if (turn % 8 === 0) this.#clock.advance(20);
      if (turn > maxTurns) throw new Error('something does not end');
    }
    return work;
  }

  /** Whatever of it is still at work comes to an end, without a trace. */
  async #die(): Promise<void> {
    this.#disk.kill();
    this.world.nowMs = this.#clock.nowMs();
    const instances = [...this.#fenced, this.#instance].flatMap((each) => each ?? []);
    for (const { app } of instances) app.abandon();
    const closed = Promise.all(instances.map(({ app }) => app.close()));
    await Promise.race([closed, turns(this.world.settings.engine === 'lmdb' ? 5000 : 50)]);
    this.world.crash();
  }
}

const maxTurns = 100_000;

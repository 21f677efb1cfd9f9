import { must } from '../../src/base/assert.ts';
import { Gate } from './gate.ts';
import { Instance, type InstanceParts } from './instance.ts';
import type { World } from './world.ts';

/** Where an instance of the application runs: one after the other, with the files of this place. */
interface Place {
  readonly number: number;
  readonly gate: Gate;
  instance: Instance | undefined;
  /** Something is under way that ticks wait for. */
  isBusy: boolean;
  /** When what is down starts again, or what is paused goes on. */
  untilTick: number;
}

/** What the instances of one process need of it. */
export interface CrewParts {
  readonly world: World;
  readonly partsOf: (place: number, gate: Gate) => InstanceParts;
}

// Longer than a group waits for somebody who is silent.
const maxPauseTicks = 120;
const maxDownTicks = 60;

/** The application's instances in one process: they come, go and are paused, as chance says. */
export class Crew {
  readonly #parts: CrewParts;
  readonly #places: readonly Place[];
  #tick = 0;
  #failure: { readonly error: unknown } | undefined = undefined;

  constructor(parts: CrewParts) {
    const { chance, settings } = parts.world;
    this.#parts = parts;
    this.#places = Array.from({ length: settings.instances }, (_, number) => ({
      number,
      gate: new Gate(),
      instance: undefined,
      isBusy: false,
      untilTick: number === 0 ? 0 : chance.int(0, maxDownTicks),
    }));
  }

  /** Those that are started. */
  get instances(): readonly Instance[] {
    return this.#places.flatMap(({ instance }) => instance ?? []);
  }

  /** Whether every instance runs. */
  get isComplete(): boolean {
    return this.#places.every(
      ({ instance, isBusy, gate }) => instance?.app.state === 'running' && !isBusy && !gate.isShut,
    );
  }

  /**
   * Starts what is to start, and now and then ends or pauses an instance.
   *
   * @throws What an instance has failed with.
   */
  async tick(isCalm: boolean): Promise<void> {
    const { chance } = this.#parts.world;
    this.#tick++;
    for (const place of this.#places) {
      if (isCalm || place.untilTick <= this.#tick) this.#goOn(place);
    }
    if (!isCalm && this.#parts.world.restartsLeft > 0 && chance.is(0.02)) this.#disturb();
    if (this.#failure !== undefined) throw this.#failure.error;
    for (const { instance, isBusy } of this.#places) if (!isBusy) await instance?.check();
  }

  /** Ends every instance in order, one after the other. */
  async close(): Promise<void> {
    for (const { instance } of this.#places) {
      await instance?.app.close();
      instance?.checkClosed();
    }
  }

  /** The crash of all. Resolves when they hold nothing any more. */
  async abandon(): Promise<void> {
    const { instances } = this;
    for (const { app } of instances) app.abandon();
    for (const { gate } of this.#places) gate.open();
    await Promise.all(instances.map(({ app }) => app.close()));
  }

  #goOn(place: Place): void {
    place.gate.open();
    if (place.instance !== undefined || place.isBusy) return;
    this.#during(place, async () => {
      const parts = this.#parts.partsOf(place.number, place.gate);
      await Instance.start(parts, (instance) => {
        place.instance = instance;
      });
    });
  }

  #disturb(): void {
    const { world } = this.#parts;
    const { chance, settings } = world;
    const place = chance.pick(this.#places);
    const { instance } = place;
    if (instance === undefined || place.isBusy || place.gate.isShut) return;
    world.restartsLeft--;
    const isPaused = chance.is(settings.odds.paused);
    const how = isPaused ? 'paused' : chance.pick(['abandoned', 'closed'] as const);
    world.trace.add(`restart:${how} ${place.number}`);
    place.untilTick = this.#tick + chance.int(0, isPaused ? maxPauseTicks : maxDownTicks);
    if (isPaused) place.gate.shut();
    else this.#during(place, () => this.#end(place, how === 'abandoned'));
  }

  async #end(place: Place, isAbandoned: boolean): Promise<void> {
    const { app } = must(place.instance, 'it runs');
    if (isAbandoned) app.abandon();
    await app.close();
    place.instance?.checkClosed();
    place.instance = undefined;
  }

  #during(place: Place, work: () => Promise<void>): void {
    place.isBusy = true;
    work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        place.isBusy = false;
      });
  }
}

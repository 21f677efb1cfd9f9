import type { Surroundings } from '../domain/surroundings.ts';
import { Crowd, type PageTurn } from './crowd.ts';
import { dayRhythm } from './day-rhythm.ts';
import { Popularity } from './popularity.ts';
import { Random } from './random.ts';
import type { ActionResult, ShelfItem, ShopActions } from './shop-actions.ts';
import { Shopping } from './shopping.ts';
import { SupplyShip } from './supply-ship.ts';

/** What can be changed while it runs. */
export interface SimulationSettings {
  /** Customers with a page open. */
  readonly customers: number;
  /** Actions per second on an average hour. */
  readonly rate: number;
  readonly paused: boolean;
}

/** What the simulation has done so far. */
export interface SimulationReport extends SimulationSettings {
  readonly seed: number;
  readonly sent: number;
  readonly done: number;
  /** By the code of the refusal. */
  readonly refused: Readonly<Record<string, number>>;
  readonly failed: number;
  /** Left out because too many answers were outstanding. */
  readonly skipped: number;
  readonly inFlight: number;
}

/** What a simulation needs. */
export interface SimulationParts {
  readonly actions: ShopActions;
  readonly surroundings: Pick<Surroundings, 'nowMs' | 'after'>;
  readonly zone: string;
  readonly seed: number;
  /** Told of each failure of the shop; the simulation goes on. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Simulated customers. Their number of actions does not wait for slow answers; with the same seed,
 * clock and answers they do the same.
 */
export class Simulation {
  readonly #parts: SimulationParts;
  readonly #random: Random;
  readonly #popularity: Popularity;
  readonly #crowd: Crowd;
  readonly #shopping: Shopping;
  readonly #ship: SupplyShip;
  readonly #refused = new Map<string, number>();
  #settings: SimulationSettings;
  #items: readonly ShelfItem[] = [];
  #counts = { sent: 0, done: 0, failed: 0, skipped: 0, inFlight: 0 };
  #lastMs = 0;
  #nextSecondMs = 0;
  #nextLookMs = 0;
  #stop: (() => void) | undefined;

  constructor(parts: SimulationParts, settings: SimulationSettings) {
    const { actions, seed, surroundings } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#random = new Random(seed);
    this.#popularity = new Popularity(this.#random);
    this.#crowd = new Crowd(this.#random, this.#popularity);
    this.#ship = new SupplyShip();
    this.#shopping = new Shopping({
      actions,
      random: this.#random,
      popularity: this.#popularity,
      keyPrefix: `simulate-${seed}-${surroundings.nowMs().toString(36)}`,
    });
  }

  /** Begins; customers come in over the next seconds. Does nothing when it runs already. */
  start(): void {
    if (this.#stop !== undefined) return;
    this.#lastMs = this.#parts.surroundings.nowMs();
    this.#schedule();
  }

  /** Ends; answers that are outstanding still count. */
  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** Takes effect at the next tick. */
  change(settings: Partial<SimulationSettings>): SimulationReport {
    this.#settings = { ...this.#settings, ...settings };
    return this.report();
  }

  report(): SimulationReport {
    const refused = Object.fromEntries(this.#refused);
    return { ...this.#settings, ...this.#counts, refused, seed: this.#parts.seed };
  }

  #schedule(): void {
    this.#stop = this.#parts.surroundings.after(tickMs, () => {
      this.#schedule();
      this.#tick();
    });
  }

  #tick(): void {
    const nowMs = this.#parts.surroundings.nowMs();
    const seconds = Math.min(Math.max(0, nowMs - this.#lastMs), maxStepMs) / 1_000;
    this.#lastMs = nowMs;
    if (nowMs >= this.#nextLookMs) this.#lookAtShelves(nowMs);
    const { paused, customers, rate } = this.#settings;
    if (nowMs >= this.#nextSecondMs) {
      this.#nextSecondMs = nowMs + 1_000;
      this.#popularity.drift();
    }
    const size = paused ? 0 : customers;
    for (const turn of this.#crowd.turns(nowMs, size, this.#items)) {
      this.#send(() => this.#turn(turn));
    }
    if (paused) return;
    const mean = rate * seconds * dayRhythm(nowMs, this.#parts.zone);
    for (let left = this.#random.arrivals(mean); left > 0; left--) {
      for (const { run } of this.#shopping.decide(this.#items, this.#crowd.visitors)) {
        this.#send(run);
      }
    }
  }

  async #turn({ kind, item, visitorId }: PageTurn): Promise<undefined> {
    const { actions } = this.#parts;
    if (kind === 'open') await actions.view(item, visitorId);
    if (kind === 'leave') await actions.away(item, visitorId);
    else await actions.here(item, visitorId);
  }

  #lookAtShelves(nowMs: number): void {
    this.#nextLookMs = nowMs + lookIntervalMs;
    this.#send(async () => {
      this.#items = await this.#parts.actions.catalogue();
      for (const { item, pieces } of this.#ship.cargo(this.#items)) {
        await this.#parts.actions.restock(item, pieces);
      }
    });
  }

  /** Starts an action without waiting for it. */
  #send(run: () => Promise<ActionResult | undefined>): void {
    if (this.#counts.inFlight >= maxInFlight) {
      this.#counts.skipped++;
      return;
    }
    this.#counts.sent++;
    this.#counts.inFlight++;
    void run()
      .then((result) => this.#count(result))
      .catch((error: unknown) => {
        this.#counts.failed++;
        this.#parts.onFailure?.(error);
      })
      .finally(() => this.#counts.inFlight--);
  }

  #count(result: ActionResult | undefined): void {
    if (result?.kind !== 'refused') this.#counts.done++;
    else this.#refused.set(result.code, (this.#refused.get(result.code) ?? 0) + 1);
  }
}

const tickMs = 50;
/** A longer pause of the process is not made up for. */
const maxStepMs = 1_000;
const lookIntervalMs = 5_000;
const maxInFlight = 512;

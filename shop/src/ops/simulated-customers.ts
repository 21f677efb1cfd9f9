import { Simulation, type SimulationParts } from '../simulate/simulation.ts';
import type { Driver, DriverChange, DriverReport } from './driver.ts';

/** Simulated customers that people can steer: more of them, slower, paused, another seed. */
export class SimulatedCustomers implements Driver {
  readonly #parts: SimulationParts;
  #simulation: Simulation;

  constructor(
    parts: SimulationParts,
    settings: { readonly customers: number; readonly rate: number },
  ) {
    this.#parts = parts;
    this.#simulation = new Simulation(parts, { ...settings, paused: false });
  }

  start(): void {
    this.#simulation.start();
  }

  stop(): void {
    this.#simulation.stop();
  }

  report(): DriverReport {
    const { paused, customers, rate, seed, ...counts } = this.#simulation.report();
    const refused = Object.values(counts.refused).reduce((sum, n) => sum + n, 0);
    const { sent, done: accepted, failed } = counts;
    return { available: true, paused, customers, rate, seed, sent, accepted, refused, failed };
  }

  change({ seed, ...settings }: DriverChange): DriverReport {
    if (seed !== undefined) this.#beginAnew(seed);
    this.#simulation.change(settings);
    return this.report();
  }

  #beginAnew(seed: number): void {
    const { customers, rate, paused } = this.#simulation.report();
    this.#simulation.stop();
    this.#simulation = new Simulation({ ...this.#parts, seed }, { customers, rate, paused });
    this.#simulation.start();
  }
}

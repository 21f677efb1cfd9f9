/** What can be changed of the simulated customers while the shop is open. */
export interface DriverChange {
  readonly customers?: number;
  /** Actions a second. */
  readonly rate?: number;
  readonly paused?: boolean;
  /** Begins anew with this seed. */
  readonly seed?: number;
}

/** What the simulated customers have done. */
export interface DriverReport {
  readonly available: boolean;
  readonly paused: boolean;
  readonly customers: number;
  readonly rate: number;
  readonly seed: number;
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly failed: number;
}

/** The simulated customers, as people steer them. */
export interface Driver {
  report(): DriverReport;
  change(change: DriverChange): DriverReport;
}

/** What is said of customers that are not there. */
export const noDriver: DriverReport = {
  available: false,
  paused: true,
  customers: 0,
  rate: 0,
  seed: 0,
  sent: 0,
  accepted: 0,
  refused: 0,
  failed: 0,
};

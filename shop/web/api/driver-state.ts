import { type Fields, fieldsOf, numberOf } from './shape.ts';

/** The simulation of customers. */
export interface DriverState {
  /** False when the shop was opened without customers. */
  readonly available: boolean;
  readonly paused: boolean;
  readonly customers: number;
  /** Actions a second, as wished. */
  readonly rate: number;
  /** What came of the actions so far; undefined when the shop does not say. */
  readonly outcome: DriverOutcome | undefined;
}

export interface DriverOutcome {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly failed: number;
}

/** What can be changed while the shop is open. */
export type DriverChange = Partial<Pick<DriverState, 'paused' | 'customers' | 'rate'>>;

/** Reads what the shop says of its simulation. */
export function readDriver(data: unknown): DriverState {
  const fields = fieldsOf(data);
  return {
    available: fields['available'] !== false,
    paused: fields['paused'] === true,
    customers: numberOf(fields['customers']) ?? 0,
    rate: numberOf(fields['rate']) ?? 0,
    outcome: readOutcome(fields),
  };
}

function readOutcome(fields: Fields): DriverOutcome | undefined {
  const sent = numberOf(fields['sent']);
  if (sent === undefined) return undefined;
  return {
    sent,
    accepted: numberOf(fields['accepted']) ?? 0,
    refused: numberOf(fields['refused']) ?? 0,
    failed: numberOf(fields['failed']) ?? 0,
  };
}

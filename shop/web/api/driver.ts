import { type DriverChange, type DriverState, readDriver } from './driver-state.ts';
import type { Outcome } from './problem.ts';
import { request } from './request.ts';

/** Changes the simulation while the shop is open. */
export function changeDriver(change: DriverChange): Promise<Outcome<DriverState>> {
  return request({ method: 'PATCH', path: '/api/ops/driver', body: change, read: readDriver });
}

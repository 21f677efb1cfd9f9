import { useState } from 'preact/hooks';
import { changeDriver } from '../api/driver.ts';
import type { DriverChange } from '../api/driver-state.ts';
import type { Problem } from '../api/problem.ts';
import { driverChannel } from '../live/channels.ts';

/** Sends a change, one at a time, and keeps why it failed. */
export function useDriverChange() {
  const [problem, setProblem] = useState<Problem>();
  const change = async (wanted: DriverChange): Promise<void> => {
    const answer = await changeDriver(wanted);
    setProblem(answer.kind === 'problem' ? answer.problem : undefined);
    const feed = driverChannel.feedOf('').value;
    // The next frame of the channel would say the same up to a second later.
    if (answer.kind === 'done' && feed.value !== undefined) {
      feed.value = { ...feed.value, ...wanted };
    }
  };
  return { change, problem };
}

export { ManualClock } from './testing/manual-clock.ts';
export { type SendOptions, TestDriver, type TestDriverOptions } from './testing/test-driver.ts';

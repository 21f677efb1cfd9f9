/** Event time in milliseconds, `startMs ≤ t < endMs` (sliding and session: `≤ endMs`). */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** A key in one window. */
export interface Windowed<out K> {
  readonly key: K;
  readonly window: Window;
}

/** Windows fixed by the clock: tumbling, hopping, calendar, unlimited; and sliding ones. */
export interface TimeWindows {
  readonly kind: 'tumbling' | 'hopping' | 'sliding' | 'calendar';
  readonly graceMs: number;
}

/** One window that never closes. */
export interface UnlimitedWindows {
  readonly kind: 'unlimited';
  readonly startMs: number;
}

/** Windows that grow with activity and merge when they meet. */
export interface SessionWindows {
  readonly kind: 'session';
  readonly gapMs: number;
  readonly graceMs: number;
}

/** Windows of any kind. */
export type AnyWindows = TimeWindows | UnlimitedWindows | SessionWindows;

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

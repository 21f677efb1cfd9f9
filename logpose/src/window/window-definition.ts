/**
 * Windows in time as operators see them. All windows that hold a time, the earliest first:
 * `for (let start = firstStartMs(time); start <= time; start = nextStartMs(start))`.
 */
export interface WindowDefinition {
  /** The length that all windows have; undefined when the calendar decides. */
  readonly sizeMs: number | undefined;
  /** How long a window still takes records after stream time has reached its end. */
  readonly graceMs: number;
  /** No window is longer. */
  readonly maxSizeMs: number;
  /** Start of the earliest window that holds the time; later than the time when none does. */
  firstStartMs(timeMs: number): number;
  /** Start of the window after the one that starts at `startMs`. */
  nextStartMs(startMs: number): number;
  /** The window holds times before this one. */
  endMs(startMs: number): number;
}

/**
 * What a shape is painted with: `a` the main colour, `b` the light one, `c` the dark one, `d` the
 * accent. A capital letter draws the outline instead, with the width that follows it.
 */
export type Paint = 'a' | 'b' | 'c' | 'd' | 'A' | 'B' | 'C' | 'D';

/** One shape: its paint, its path in a square of 120 × 120, and the width of an outline. */
export type Shape = readonly [paint: Paint, path: string, width?: number];

/** The four colours of a motif. */
export type Tints = readonly [main: string, light: string, dark: string, accent: string];

/** One kind of treasure. */
export interface Motif {
  readonly tints: Tints;
  readonly shapes: readonly Shape[];
  /** Degrees it leans to the right. */
  readonly turn?: number;
}

export function motif(tints: Tints, shapes: readonly Shape[], turn = 0): Motif {
  return { tints, shapes, turn };
}

/** The path of a circle. */
export function disc(x: number, y: number, radius: number): string {
  return oval(x, y, radius, radius);
}

/** The path of an ellipse. */
export function oval(x: number, y: number, ...[rx, ry]: readonly [rx: number, ry: number]): string {
  return `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`;
}

/** The path of a box with round corners, 3 units by default. */
export function box(
  x: number,
  y: number,
  ...[width, height, corner = 3]: readonly [width: number, height: number, corner?: number]
): string {
  const [w, h] = [width - 2 * corner, height - 2 * corner];
  const arc = (dx: number, dy: number): string => `a${corner} ${corner} 0 0 1 ${dx} ${dy}`;
  const [n, p] = [-corner, corner];
  return `M${x + p} ${y}h${w}${arc(p, p)}v${h}${arc(n, p)}h${-w}${arc(n, n)}v${-h}${arc(p, n)}Z`;
}

import type { Motif, Tints } from './motif.ts';
import { motifsOfTheSea } from './motifs-of-the-sea.ts';
import { motifsOfTheShip } from './motifs-of-the-ship.ts';

/** Everything that is drawn for one treasure. */
export interface Picture {
  readonly motif: Motif;
  readonly tints: Tints;
  readonly scene: Scene;
  readonly sunX: number;
  readonly sunY: number;
  /** By how much the waves are shifted, 0 to 10. */
  readonly wave: number;
  readonly starry: boolean;
}

type Scene = readonly [sky: string, glow: string, sea: string, deep: string];

const motifs = [...motifsOfTheSea, ...motifsOfTheShip];

const scenes: readonly Scene[] = [
  ['#cfe9f1', '#fff7dd', '#86c5d4', '#5aa6ba'],
  ['#fde3cb', '#fff4df', '#f0b48a', '#d98f6c'],
  ['#dcd9f3', '#fbf3ff', '#a9a4d6', '#837dbd'],
  ['#d5efe0', '#fbffe9', '#8fcfb0', '#62ae90'],
  ['#24405f', '#f6e3a4', '#1a5570', '#123f57'],
  ['#f9dbe0', '#fff5ef', '#e3a0ae', '#c67d90'],
  ['#3a2f5c', '#ffd9b0', '#4c4784', '#322f66'],
  ['#fbeec3', '#fffdf2', '#8ec7c0', '#5fa7a3'],
];

/**
 * The picture of a code. A whole number from 1 to 24 is one of the built-in treasures and has its
 * own kind; any other code draws kind, colours and scene by its hash.
 */
export function pictureOf(code: string): Picture {
  const hash = hashOf(code);
  const place = /^([1-9]|1\d|2[0-4])$/.test(code) ? Number(code) - 1 : undefined;
  const motif = pick(motifs, place ?? hash);
  return {
    motif,
    tints: place === undefined ? pick(motifs, hash >>> 5).tints : motif.tints,
    scene: pick(scenes, hash >>> 10),
    sunX: 20 + (hash % 80),
    sunY: 16 + ((hash >>> 7) % 18),
    wave: (hash >>> 13) % 11,
    starry: (hash >>> 17) % 3 === 0,
  };
}

function pick<T>(list: readonly T[], number: number): T {
  const item = list[number % list.length];
  if (item === undefined) throw new RangeError('there is nothing to pick from');
  return item;
}

/** 32 well-mixed bits of a text (FNV-1a with a final avalanche). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

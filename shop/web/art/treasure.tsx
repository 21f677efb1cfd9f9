import { memo } from 'preact/compat';
import type { Paint } from './motif.ts';
import { type Picture, pictureOf } from './picture.ts';

/** The picture of a treasure: always the same for the same code. Decoration only. */
export const Treasure = memo(function Treasure({ code }: { readonly code: string }) {
  const picture = pictureOf(code);
  return (
    <svg class="art" viewBox="0 0 120 120" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <Scene {...picture} />
      <g transform={transformOf(picture)}>
        {picture.motif.shapes.map(([paint, path, width]) => (
          <path d={path} {...paintOf(paint, picture, width)} />
        ))}
      </g>
    </svg>
  );
});

function transformOf({ motif }: Picture): string {
  return `translate(60 62) rotate(${motif.turn ?? 0}) scale(.74) translate(-60 -60)`;
}

/** Sky, a sun or stars, and two rows of waves. */
function Scene({ scene, sunX, sunY, wave, starry }: Picture) {
  const [sky, glow, sea, deep] = scene;
  const crest = (y: number, shift: number): string =>
    `M${-30 + shift} ${y}${'q10-7 20 0t20 0'.repeat(5)}V130H-30Z`;
  return (
    <>
      <path d="M0 0h120v120H0Z" fill={sky} />
      {starry ? (
        <path d={starsAt(sunX, sunY)} fill={glow} />
      ) : (
        <circle cx={sunX} cy={sunY} r="15" fill={glow} />
      )}
      <circle cx="60" cy="60" r="52" fill={glow} opacity=".28" />
      <path d={crest(88, wave)} fill={sea} />
      <path d={crest(101, 10 - wave)} fill={deep} />
    </>
  );
}

function starsAt(x: number, y: number): string {
  const star = (dx: number, dy: number, size: number): string => {
    const [short, long] = [size / 4, (size * 3) / 4];
    const sides = [
      [short, long],
      [long, short],
      [-long, short],
      [-short, long],
      [-short, -long],
      [-long, -short],
      [long, -short],
    ].map(([right, down]) => `l${right} ${down}`);
    return `M${(x + dx) % 120} ${((y + dy) % 70) - size}${sides.join('')}Z`;
  };
  return [star(0, 0, 7), star(78, 10, 5), star(30, 52, 4), star(96, 44, 6), star(52, 4, 3)].join(
    '',
  );
}

function paintOf(paint: Paint, { tints }: Picture, width = 3) {
  const colour = tints['abcd'.indexOf(paint.toLowerCase())] ?? tints[0];
  if (paint === paint.toLowerCase()) return { fill: colour };
  return {
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  } as const;
}

import { useLayoutEffect, useRef } from 'preact/hooks';

const durationMs = 600;
const easing = 'cubic-bezier(.2, .9, .25, 1.05)';

/**
 * Lets the children of a list glide from where they were to where they are (FLIP). Each child
 * names itself by `data-key`. Does nothing for readers who want less motion.
 */
export function useOvertaking<E extends HTMLElement>(order: readonly string[]) {
  const list = useRef<E>(null);
  const tops = useRef<ReadonlyMap<string, number>>(new Map());
  const arrangement = order.join('\n');
  useLayoutEffect(() => {
    const rows = list.current === null ? [] : [...list.current.children];
    const before = tops.current;
    const now = new Map<string, number>();
    for (const row of rows) {
      if (!(row instanceof HTMLElement)) continue;
      const key = row.dataset['key'] ?? '';
      now.set(key, row.offsetTop);
      glide(row, (before.get(key) ?? row.offsetTop) - row.offsetTop);
    }
    tops.current = now;
  }, [arrangement]);
  return list;
}

/** A row that rises lights up on its way. */
const lit = { backgroundColor: 'var(--accent-soft)' };

function glide(row: HTMLElement, distance: number): void {
  if (distance === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const rises = distance > 0;
  row.animate(
    [
      { transform: `translateY(${distance}px)`, zIndex: rises ? 2 : 1, ...(rises ? lit : {}) },
      { transform: 'none', zIndex: rises ? 2 : 1 },
    ],
    { duration: durationMs, easing },
  );
}

import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../text/format.ts';

/** A count whose changed digits roll in: from below when it rises, from above when it falls. */
export function Rolling({ value }: { readonly value: number }) {
  const before = useRef(value);
  const direction = value >= before.current ? 'rise' : 'fall';
  useEffect(() => {
    before.current = value;
  }, [value]);
  const digits = formatCount(value);
  return (
    <span class={`rolling ${direction}`}>
      <span class="only-read">{digits}</span>
      <span aria-hidden="true">
        {Array.from(digits, (digit, place) => (
          // Counted from the end, so that a new leading digit does not move the others.
          <span key={`${digits.length - place}${digit}`} class="digit">
            {digit}
          </span>
        ))}
      </span>
    </span>
  );
}

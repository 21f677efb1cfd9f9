import { text } from '../text/text.ts';

/** A number of pieces, from 1. */
export function Stepper(props: {
  readonly value: number;
  readonly max: number;
  readonly set: (value: number) => void;
}) {
  const t = text.value;
  const set = (wanted: number): void => {
    if (Number.isInteger(wanted)) props.set(Math.min(props.max, Math.max(1, wanted)));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row everywhere.
    <div class="stepper" role="group" aria-label={t.quantity}>
      <button
        type="button"
        aria-label={t.fewer}
        disabled={props.value <= 1}
        onClick={() => set(props.value - 1)}
      >
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        min="1"
        max={props.max}
        required
        aria-label={t.quantity}
        value={props.value}
        onChange={(event) => set(event.currentTarget.valueAsNumber)}
      />
      <button
        type="button"
        aria-label={t.moreOf}
        disabled={props.value >= props.max}
        onClick={() => set(props.value + 1)}
      >
        +
      </button>
    </div>
  );
}

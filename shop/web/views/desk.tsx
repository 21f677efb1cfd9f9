import { useState } from 'preact/hooks';
import type { Product } from '../api/products.ts';
import { Stepper } from '../parts/stepper.tsx';
import { shopDay } from '../shell/clock.ts';
import { addDays, formatDay } from '../text/format.ts';
import { text } from '../text/text.ts';
import { ActionNote } from './action-note.tsx';
import { Tickets } from './tickets.tsx';
import { keepOrder, keepReservation } from './tickets-state.ts';
import { useAction } from './use-action.ts';

const maxOrderQuantity = 99;
const maxReservationQuantity = 10;
const maxDaysAhead = 30;

/** Where a visitor joins, reserves, confirms and cancels. */
export function Desk(props: { readonly product: Product; readonly quantity: number }) {
  return (
    <>
      <div class="desk">
        <OrderForm {...props} />
        <ReserveForm {...props} />
      </div>
      <Tickets product={props.product} />
    </>
  );
}

interface FormProps {
  readonly product: Product;
  /** Pieces left. */
  readonly quantity: number;
}

function OrderForm({ product, quantity }: FormProps) {
  const t = text.value;
  const [wanted, setWanted] = useState(1);
  const action = useAction();
  const order = (): void =>
    action.start({ kind: 'order', productId: product.id, quantity: wanted }, (receipt) => {
      keepOrder(product, wanted, receipt);
      return () => text.value.ordered(receipt.orderId ?? 0);
    });
  return (
    <form class="desk-form" onSubmit={submitting(order)}>
      <Stepper value={wanted} max={maxOrderQuantity} set={setWanted} />
      <button type="submit" class="button primary" disabled={quantity === 0 || action.busy}>
        {action.busy ? t.ordering : t.order}
      </button>
      <ActionNote action={action} />
    </form>
  );
}

function ReserveForm({ product, quantity }: FormProps) {
  const t = text.value;
  const [wanted, setWanted] = useState(1);
  const today = shopDay.value;
  const [day, setDay] = useState<string>();
  const reserveDate = day ?? addDays(today, 1);
  const action = useAction();
  const reserve = (): void =>
    action.start(
      { kind: 'reserve', productId: product.id, quantity: wanted, reserveDate },
      (receipt) => {
        keepReservation(product, { quantity: wanted, day: reserveDate }, receipt);
        return () => text.value.reserved(formatDay(reserveDate), receipt.reservationId ?? 0);
      },
    );
  return (
    <form class="desk-form" onSubmit={submitting(reserve)}>
      <label class="field">
        <span>{t.reserveDate}</span>
        <input
          type="date"
          required
          min={today}
          max={addDays(today, maxDaysAhead)}
          value={reserveDate}
          aria-describedby="reserve-hint"
          onInput={(event) => setDay(event.currentTarget.value)}
        />
      </label>
      <Stepper value={wanted} max={maxReservationQuantity} set={setWanted} />
      <button type="submit" class="button" disabled={quantity === 0 || action.busy}>
        {action.busy ? t.reserving : t.reserve}
      </button>
      <p class="hint" id="reserve-hint">
        {t.reserveHint}
      </p>
      <ActionNote action={action} />
    </form>
  );
}

function submitting(act: () => void): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    act();
  };
}

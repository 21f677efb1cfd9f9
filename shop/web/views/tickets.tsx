import { useEffect } from 'preact/hooks';
import type { Product } from '../api/products.ts';
import { formatDay } from '../text/format.ts';
import { text } from '../text/text.ts';
import { ActionNote } from './action-note.tsx';
import {
  decideTicket,
  refreshTickets,
  type Ticket,
  type TicketStatus,
  ticketsOf,
} from './tickets-state.ts';
import { type Action, useAction } from './use-action.ts';

/** What the visitor has of this treasure, and what can still be decided. */
export function Tickets({ product }: { readonly product: Product }) {
  const t = text.value;
  const own = ticketsOf(product.code);
  useEffect(() => void refreshTickets(product.code), [product.code]);
  return (
    <section class="tickets" aria-labelledby="tickets-title">
      <h2 id="tickets-title">{t.tickets}</h2>
      {own.length === 0 ? (
        <p class="hint">{t.ticketsEmpty}</p>
      ) : (
        <ul>
          {own.map((ticket) => (
            <li key={`${ticket.kind}${ticket.id}`} class={`ticket ${ticket.status.toLowerCase()}`}>
              <TicketRow ticket={ticket} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function TicketRow({ ticket }: { readonly ticket: Ticket }) {
  const t = text.value;
  const isOrder = ticket.kind === 'order';
  return (
    <>
      <p class="ticket-title">
        {isOrder ? t.orderNumber(ticket.id) : t.reservationNumber(ticket.id)}
        <small>
          × {t.pieces(ticket.quantity)}
          {ticket.day !== null && ` · ${t.until(formatDay(ticket.day))}`}
        </small>
      </p>
      <p class="ticket-status">{t.status[ticket.status]}</p>
      {isOrder ? <OrderActions ticket={ticket} /> : <ReservationActions ticket={ticket} />}
    </>
  );
}

function OrderActions({ ticket }: { readonly ticket: Ticket }) {
  const action = useDecision(ticket);
  const cancel = (): void =>
    action.start({ kind: 'cancel-order', id: ticket.id }, () => {
      decideTicket(ticket, 'CANCELLED');
      return () => text.value.orderCancelled;
    });
  return (
    <div class="ticket-actions">
      {ticket.status === 'COMPLETED' && (
        <button type="button" class="button small" disabled={action.busy} onClick={cancel}>
          {text.value.cancelOrder}
        </button>
      )}
      <ActionNote action={action} />
    </div>
  );
}

function ReservationActions({ ticket }: { readonly ticket: Ticket }) {
  const t = text.value;
  const action = useDecision(ticket);
  const decide = (kind: 'confirm' | 'cancel', status: TicketStatus): void =>
    action.start({ kind, id: ticket.id }, () => {
      decideTicket(ticket, status);
      return () => (kind === 'confirm' ? text.value.confirmed : text.value.cancelled);
    });
  const open = ticket.status === 'PENDING';
  return (
    <div class="ticket-actions">
      {open && (
        <button
          type="button"
          class="button small primary"
          disabled={action.busy}
          onClick={() => decide('confirm', 'CONFIRMED')}
        >
          {t.confirm}
        </button>
      )}
      {open && (
        <button
          type="button"
          class="button small"
          disabled={action.busy}
          onClick={() => decide('cancel', 'CANCELLED')}
        >
          {t.cancel}
        </button>
      )}
      <ActionNote action={action} />
    </div>
  );
}

/** An action on a ticket. One that others have decided already says so from then on. */
function useDecision({ code }: Ticket): Action {
  const action = useAction();
  const problem = action.problem?.code;
  useEffect(() => {
    if (problem === 'already-confirmed' || problem === 'already-cancelled') {
      void refreshTickets(code);
    }
  }, [problem, code]);
  return action;
}

import { effect, signal } from '@preact/signals';
import type { Receipt } from '../api/commands.ts';
import { fetchStatus } from '../api/decided.ts';
import type { Product } from '../api/products.ts';
import { fieldsOf, listOf, numberOf, parseJson, textOf } from '../api/shape.ts';
import { store, stored } from '../stored.ts';

/** An order or a reservation made in this tab. */
export interface Ticket {
  readonly kind: 'order' | 'reservation';
  readonly id: number;
  readonly code: string;
  readonly quantity: number;
  readonly status: TicketStatus;
  /** The reserved day; null for an order. */
  readonly day: string | null;
}

export type TicketStatus = 'COMPLETED' | 'PENDING' | 'CONFIRMED' | 'CANCELLED';

/** The newest first; kept until the tab is closed. */
export const tickets = signal<readonly Ticket[]>(storedTickets());

const maxTickets = 30;

export function keepOrder(product: Product, quantity: number, { orderId }: Receipt): void {
  if (orderId === undefined) return;
  const { code } = product;
  keep({ kind: 'order', id: orderId, code, quantity, status: 'COMPLETED', day: null });
}

export function keepReservation(
  product: Product,
  { quantity, day }: { readonly quantity: number; readonly day: string },
  { reservationId }: Receipt,
): void {
  if (reservationId === undefined) return;
  const { code } = product;
  keep({ kind: 'reservation', id: reservationId, code, quantity, status: 'PENDING', day });
}

/** Notes what has become of a ticket. */
export function decideTicket(decided: Ticket, status: TicketStatus): void {
  tickets.value = tickets.value.map((ticket) =>
    isSame(ticket, decided) ? { ...ticket, status } : ticket,
  );
}

/** Asks what has become of the tickets that others, or the end of a day, may have decided. */
export async function refreshTickets(code: string): Promise<void> {
  const open = ticketsOf(code).filter(({ status }) => isUndecided(status));
  await Promise.all(
    open.map(async (ticket) => {
      const answer = await fetchStatus(ticket.kind, ticket.id);
      if (answer.kind === 'done') decideTicket(ticket, readStatus(answer.value));
      else if (answer.problem.status === 404) forgetTicket(ticket);
    }),
  );
}

export function ticketsOf(code: string): readonly Ticket[] {
  return tickets.value.filter((ticket) => ticket.code === code);
}

effect(() => {
  store('tickets', JSON.stringify(tickets.value), () => sessionStorage);
});

/** A confirmed or cancelled ticket stays as it is. */
function isUndecided(status: TicketStatus): boolean {
  return status === 'PENDING' || status === 'COMPLETED';
}

/** The shop has begun anew and knows nothing of it. */
function forgetTicket(unknown: Ticket): void {
  tickets.value = tickets.value.filter((ticket) => !isSame(ticket, unknown));
}

function keep(fresh: Ticket): void {
  const others = tickets.value.filter((ticket) => !isSame(ticket, fresh));
  tickets.value = [fresh, ...others].slice(0, maxTickets);
}

function isSame(one: Ticket, other: Ticket): boolean {
  return one.kind === other.kind && one.id === other.id;
}

function storedTickets(): readonly Ticket[] {
  return listOf(parseJson(stored('tickets', () => sessionStorage) ?? ''), readTicket);
}

function readTicket(stored: unknown): Ticket | undefined {
  const fields = fieldsOf(stored);
  const id = numberOf(fields['id']);
  const code = textOf(fields['code']);
  if (id === undefined || code === undefined) return undefined;
  return {
    kind: fields['kind'] === 'order' ? 'order' : 'reservation',
    id,
    code,
    quantity: numberOf(fields['quantity']) ?? 1,
    status: readStatus(fields['status']),
    day: textOf(fields['day']) ?? null,
  };
}

function readStatus(status: unknown): TicketStatus {
  const known = ['COMPLETED', 'PENDING', 'CONFIRMED', 'CANCELLED'] as const;
  return known.find((one) => one === status) ?? 'CANCELLED';
}

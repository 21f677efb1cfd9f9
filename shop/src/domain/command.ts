import type { ProductText } from './product.ts';
import type { Refused } from './refusal.ts';
import type { CancelReason } from './reservation.ts';

/** Where a fact comes from. */
export type EventSource = 'api' | 'simulate' | 'replay' | 'prologue' | 'system';

/** Why a stock was adjusted. */
export type StockReason = 'restock' | 'damage' | 'bad-debt';

/** Everything that changes the shop's books. One command, one decision. */
export type Command =
  | PlaceOrder
  | CancelOrder
  | Reserve
  | ConfirmReservation
  | CancelReservation
  | AdjustStock
  | CreateProduct
  | ChangeProduct;

export interface PlaceOrder {
  readonly kind: 'place-order';
  readonly productId: number;
  readonly quantity: number;
}

export interface CancelOrder {
  readonly kind: 'cancel-order';
  readonly orderId: number;
}

export interface Reserve {
  readonly kind: 'reserve';
  readonly productId: number;
  readonly quantity: number;
  /** A day of the shop's zone: `"2026-02-16"`. */
  readonly reserveDate: string;
}

export interface ConfirmReservation {
  readonly kind: 'confirm-reservation';
  readonly reservationId: number;
}

export interface CancelReservation {
  readonly kind: 'cancel-reservation';
  readonly reservationId: number;
  readonly reason: CancelReason;
}

export interface AdjustStock {
  readonly kind: 'adjust-stock';
  readonly productId: number;
  /** Pieces; above zero restocks. */
  readonly delta: number;
  readonly reason: StockReason;
}

export interface CreateProduct {
  readonly kind: 'create-product';
  readonly text: ProductText;
  readonly quantity: number;
}

export interface ChangeProduct {
  readonly kind: 'change-product';
  readonly productId: number;
  readonly text: Partial<ProductText>;
}

/** A command with who sent it, and the key that makes a repetition harmless. */
export interface CommandRequest {
  readonly command: Command;
  readonly source: EventSource;
  readonly visitorId?: string;
  readonly idempotency?: Idempotency;
}

/** Equal scope and key: the same request, if the hash is equal as well. */
export interface Idempotency {
  readonly scope: string;
  readonly key: string;
  readonly requestHash: string;
}

/** What came of a command. `done` may be the stored answer of an earlier, equal request. */
export type CommandOutcome = { readonly kind: 'done'; readonly answer: CommandAnswer } | Refused;

/** The ids and states a caller is told. */
export interface CommandAnswer {
  readonly orderId?: number;
  readonly reservationId?: number;
  readonly productId?: number;
  readonly status?: string;
  readonly expiresAtMs?: number;
  readonly quantity?: number;
}

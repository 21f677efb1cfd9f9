/** A treasure as a customer sees it. */
export interface ShelfItem {
  readonly id: number;
  readonly code: string;
  /** Pieces that are free now. */
  readonly quantity: number;
}

/** What came of an action that changes the books. */
export type ActionResult =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'refused'; readonly code: string };

/** Who acts, and the key that makes a double click harmless. */
export interface ActionFrom {
  readonly visitorId: string;
  readonly idempotencyKey: string;
}

/**
 * What a customer can do. The server implements it, in process or over HTTP; a promise that is
 * rejected counts as a failure of the shop.
 */
export interface ShopActions {
  catalogue(): Promise<readonly ShelfItem[]>;
  /** Opens a treasure's page; a passer-by has no visitor id. */
  view(item: ShelfItem, visitorId?: string): Promise<void>;
  /** A page is open. Repeated every ten seconds. */
  here(item: ShelfItem, visitorId: string): Promise<void>;
  away(item: ShelfItem, visitorId: string): Promise<void>;
  /** `done` gives the order's id. */
  order(item: ShelfItem, quantity: number, from: ActionFrom): Promise<ActionResult>;
  cancelOrder(orderId: number, from: ActionFrom): Promise<ActionResult>;
  /** For today or `daysAhead` days later; `done` gives the reservation's id. */
  reserve(
    item: ShelfItem,
    wish: { readonly quantity: number; readonly daysAhead: number },
    from: ActionFrom,
  ): Promise<ActionResult>;
  confirm(reservationId: number, from: ActionFrom): Promise<ActionResult>;
  cancel(reservationId: number, from: ActionFrom): Promise<ActionResult>;
  restock(item: ShelfItem, pieces: number): Promise<void>;
}

import type { ColumnType, Generated } from 'kysely';
import type { OrderStatus } from '../domain/order.ts';
import type { CancelReason, ReservationStatus } from '../domain/reservation.ts';

/** A `timestamptz`: read as milliseconds since 1970, written as ISO text. */
type Time = ColumnType<number, string, string>;
type CreatedTime = ColumnType<number, string | undefined, string>;
/** A `jsonb`: read as what it holds, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;

/** The shop's tables, as both drivers return their rows: `bigint` columns are safe numbers. */
export interface Tables {
  readonly product: ProductTable;
  readonly reservation: ReservationTable;
  readonly orders: OrderTable;
  readonly idempotency_key: IdempotencyKeyTable;
  readonly outbox: OutboxTable;
  readonly shop_meta: { readonly key: string; readonly value: Json<unknown> };
}

interface ProductTable {
  readonly id: Generated<number>;
  readonly code: string;
  readonly name: string;
  readonly name_en: string | null;
  readonly category: string;
  readonly price: number;
  readonly quantity: number;
  readonly stocked: number;
  readonly stock_version: number;
  readonly created_at: CreatedTime;
  readonly updated_at: CreatedTime;
}

interface ReservationTable {
  readonly id: Generated<number>;
  readonly product_id: number;
  readonly quantity: number;
  readonly unit_price: number;
  readonly reserved_at: Time;
  readonly expires_at: Time;
  readonly status: ReservationStatus;
  readonly cancel_reason: CancelReason | null;
  readonly decided_at: ColumnType<number | null, string | null, string | null>;
  readonly visitor_id: string | null;
  readonly created_at: CreatedTime;
  readonly updated_at: CreatedTime;
}

interface OrderTable {
  readonly id: Generated<number>;
  readonly product_id: number;
  readonly reservation_id: number | null;
  readonly quantity: number;
  readonly unit_price: number;
  readonly status: OrderStatus;
  readonly visitor_id: string | null;
  readonly created_at: CreatedTime;
  readonly updated_at: CreatedTime;
}

interface IdempotencyKeyTable {
  readonly scope: string;
  readonly key: string;
  readonly request_hash: string;
  readonly status: number;
  readonly response: Json<unknown>;
  readonly created_at: CreatedTime;
}

interface OutboxTable {
  readonly id: Generated<number>;
  readonly event_id: string;
  readonly topic: string;
  readonly key: string;
  readonly value: Json<unknown>;
  readonly created_at: CreatedTime;
}

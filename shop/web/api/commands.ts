import type { Outcome } from './problem.ts';
import { request } from './request.ts';
import { fieldsOf, instantOf, numberOf, textOf } from './shape.ts';

/** What a visitor wants done. The key makes a repetition harmless. */
export type Command =
  | { readonly kind: 'order'; readonly productId: number; readonly quantity: number }
  | {
      readonly kind: 'reserve';
      readonly productId: number;
      readonly quantity: number;
      readonly reserveDate: string;
    }
  | { readonly kind: 'cancel-order'; readonly id: number }
  | { readonly kind: 'confirm' | 'cancel'; readonly id: number };

/** What the shop says to a command that it has done. */
export interface Receipt {
  readonly orderId: number | undefined;
  readonly reservationId: number | undefined;
  readonly expiresAtMs: number | undefined;
  readonly status: string | undefined;
}

export function carryOut(command: Command, idempotencyKey: string): Promise<Outcome<Receipt>> {
  return request({
    method: 'POST',
    path: pathOf(command),
    body: bodyOf(command),
    idempotencyKey,
    read: readReceipt,
  });
}

function pathOf(command: Command): string {
  switch (command.kind) {
    case 'order':
      return '/api/orders';
    case 'reserve':
      return '/api/reservations';
    case 'cancel-order':
      return `/api/orders/${command.id}/cancel`;
    case 'confirm':
    case 'cancel':
      return `/api/reservations/${command.id}/${command.kind}`;
  }
}

function bodyOf(command: Command): unknown {
  switch (command.kind) {
    case 'order':
      return { productId: command.productId, quantity: command.quantity };
    case 'reserve':
      return {
        productId: command.productId,
        quantity: command.quantity,
        reserveDate: command.reserveDate,
      };
    case 'cancel-order':
    case 'confirm':
    case 'cancel':
      return undefined;
  }
}

function readReceipt(result: unknown): Receipt {
  const fields = fieldsOf(result);
  return {
    orderId: numberOf(fields['orderId']),
    reservationId: numberOf(fields['reservationId']),
    expiresAtMs: instantOf(fields['expiresAt']),
    status: textOf(fields['status']),
  };
}

import type { ShopEvent } from '../events/event-schemas.ts';
import { integerOf, priceOf, type ReplayFormat, type RowContext, RowError } from './format.ts';

/**
 * Order lines and cancellations of a gift shop in 2010 and 2011.
 *
 * Source: Daqing Chen, "Online Retail", UCI Machine Learning Repository, data set 352.
 */
export const onlineRetail: ReplayFormat = {
  name: 'online-retail',
  title: 'Online Retail (UCI 352, Chen 2012, CC BY 4.0)',
  columns: [
    'InvoiceNo',
    'StockCode',
    'Description',
    'Quantity',
    'InvoiceDate',
    'UnitPrice',
    'CustomerID',
    'Country',
  ],
  currency: 'GBP',
  priceDigits: 3,
  toEvent: (row, context) => {
    const [invoice = '', code = '', , quantityText = ''] = row;
    const quantity = integerOf(quantityText, 'Quantity');
    const common = commonOf(row, context);
    if (code === '') throw new RowError('StockCode is empty');
    if (invoice.startsWith('C')) {
      const event = { ...common, type: 'order.cancelled', quantity: -quantity } as const;
      return { kind: 'cancel', event: priced(event, row) };
    }
    if (invoice.startsWith('A')) return adjusted(common, quantity, 'bad_debt');
    if (!/^\d+$/.test(invoice)) throw new RowError('InvoiceNo is of no known kind');
    if (quantity < 0) return adjusted(common, quantity, 'stock_adjust');
    const event = { ...common, type: 'order.created', orderId: invoice, quantity } as const;
    return { kind: 'order', event: priced(event, row) };
  },
};

function commonOf(row: readonly string[], { id, instant }: RowContext) {
  const [, code = '', , , date = '', , customer = ''] = row;
  return {
    v: 1,
    id,
    occurredAt: instant(date),
    source: 'replay',
    productCode: code,
    // The file writes customers as decimal numbers: "17850.0".
    ...(customer === '' ? {} : { visitorId: customer.replace(/\.0$/, '') }),
  } as const;
}

function priced<E>(event: E, row: readonly string[]): E & { readonly unitPrice: number } {
  return { ...event, unitPrice: priceOf(row[5] ?? '', 3) };
}

function adjusted(
  common: ReturnType<typeof commonOf>,
  delta: number,
  kind: 'bad_debt' | 'stock_adjust',
) {
  const reason = kind === 'bad_debt' ? 'bad-debt' : 'damage';
  const event: ShopEvent = { ...common, type: 'stock.adjusted', delta, reason };
  return { kind, event };
}

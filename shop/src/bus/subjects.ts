/** The subjects of the shop's bus. */
export const subjects = {
  hello: 'basquiat.bow.hello',
  fetchProduct: 'basquiat.product.fetch',
  listProducts: 'basquiat.product.list',
  createProduct: 'basquiat.product.create',
  changeProduct: 'basquiat.product.change',
  adjustStock: 'basquiat.stock.adjust',
  createOrder: 'basquiat.order.create',
  fetchOrder: 'basquiat.order.fetch',
  cancelOrder: 'basquiat.order.cancel',
  createReservation: 'basquiat.reservation.create',
  fetchReservation: 'basquiat.reservation.fetch',
  confirmReservation: 'basquiat.reservation.confirm',
  cancelReservation: 'basquiat.reservation.cancel',
  /** Announced when the outbox has something to carry. */
  wakeOutbox: 'basquiat.outbox.wake',
} as const;

export type Subject = (typeof subjects)[keyof typeof subjects];

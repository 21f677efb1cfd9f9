import type { ActionResult, ShelfItem, ShopActions } from '../../src/simulate/shop-actions.ts';

/** A shop that writes down what is asked of it, and answers from a shelf of its own. */
export class FakeShop implements ShopActions {
  readonly calls: string[] = [];
  readonly shelf: Map<string, ShelfItem>;
  #ids = 0;

  constructor(items: readonly ShelfItem[]) {
    this.shelf = new Map(items.map((item) => [item.code, item]));
  }

  async catalogue(): Promise<readonly ShelfItem[]> {
    return [...this.shelf.values()];
  }
  async view({ code }: ShelfItem, visitorId = '-'): Promise<void> {
    this.calls.push(`view ${code} ${visitorId}`);
  }
  async here({ code }: ShelfItem, visitorId: string): Promise<void> {
    this.calls.push(`here ${code} ${visitorId}`);
  }
  async away({ code }: ShelfItem, visitorId: string): Promise<void> {
    this.calls.push(`away ${code} ${visitorId}`);
  }
  async order(item: ShelfItem, quantity: number): Promise<ActionResult> {
    return this.#take('order', item, quantity);
  }
  async reserve(item: ShelfItem, { quantity }: { quantity: number }): Promise<ActionResult> {
    return this.#take('reserve', item, quantity);
  }
  async cancelOrder(id: number): Promise<ActionResult> {
    return this.#answer(`cancel-order ${id}`);
  }
  async confirm(id: number): Promise<ActionResult> {
    return this.#answer(`confirm ${id}`);
  }
  async cancel(id: number): Promise<ActionResult> {
    return this.#answer(`cancel ${id}`);
  }
  async restock({ code }: ShelfItem, pieces: number): Promise<void> {
    this.calls.push(`restock ${code} ${pieces}`);
    this.#put(code, pieces);
  }

  #take(what: string, { code }: ShelfItem, quantity: number): ActionResult {
    this.calls.push(`${what} ${code} ${quantity}`);
    const left = (this.shelf.get(code)?.quantity ?? 0) - quantity;
    if (left < 0) return { kind: 'refused', code: 'out-of-stock' };
    this.#put(code, -quantity);
    return { kind: 'done', id: ++this.#ids };
  }

  #put(code: string, by: number): void {
    const item = this.shelf.get(code);
    if (item !== undefined) this.shelf.set(code, { ...item, quantity: item.quantity + by });
  }

  #answer(call: string): ActionResult {
    this.calls.push(call);
    return { kind: 'done', id: ++this.#ids };
  }
}

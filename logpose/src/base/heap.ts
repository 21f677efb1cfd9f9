/**
 * A binary heap whose order among equals is that of Java's `PriorityQueue`: where the JVM's choice
 * among equal things shows, ours is the same.
 *
 * `push` appends and sifts up while the parent comes strictly later. `pop` takes the first, puts
 * the last in its place and sifts it down: to the left child unless the right one comes strictly
 * before it, until what is below does not come strictly before it.
 */
export class Heap<T> {
  readonly #before: (left: T, right: T) => boolean;
  readonly #items: T[] = [];

  /** @param before - Whether `left` comes strictly before `right`. */
  constructor(before: (left: T, right: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first, left where it is. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = items[above];
      if (parent === undefined || !this.#before(item, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#siftDown(last);
    return first;
  }

  #siftDown(item: T): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = items[below];
      if (child === undefined) break;
      const right = items[below + 1];
      if (right !== undefined && this.#before(right, child)) {
        child = right;
        below++;
      }
      if (!this.#before(child, item)) break;
      items[at] = child;
      at = below;
    }
    items[at] = item;
  }
}

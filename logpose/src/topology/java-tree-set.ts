import { must } from '../base/assert.ts';

/**
 * A Java `TreeSet`: a red-black tree that compares only while it takes members in.
 *
 * Kafka Streams keeps a node's neighbours in such sets while the order of their members still
 * changes, so the text of `describe` depends on how the tree has grown.
 */
export class JavaTreeSet<T> {
  readonly #compare: (left: T, right: T) => number;
  #root: Node<T> | undefined;

  constructor(compare: (left: T, right: T) => number) {
    this.#compare = compare;
  }

  add(member: T): void {
    let parent: Node<T> | undefined;
    let side: Side = 'left';
    for (let at = this.#root; at !== undefined; at = at[side]) {
      const order = this.#compare(member, at.member);
      if (order === 0) return;
      parent = at;
      side = order < 0 ? 'left' : 'right';
    }
    const node: Node<T> = { member, red: true, parent, left: undefined, right: undefined };
    if (parent === undefined) this.#root = node;
    else parent[side] = node;
    this.#balance(node);
  }

  /** From the leftmost member to the rightmost. */
  *[Symbol.iterator](): Iterator<T> {
    yield* below(this.#root);
  }

  /** No red node below a red one, and equally many black ones on every way down. */
  #balance(added: Node<T>): void {
    let node = added;
    while (node.parent?.red === true) {
      const parent = node.parent;
      const above = must(parent.parent, 'the root is black');
      const side: Side = parent === above.left ? 'left' : 'right';
      const other = opposite[side];
      const uncle = above[other];
      if (uncle?.red === true) {
        parent.red = false;
        uncle.red = false;
        above.red = true;
        node = above;
        continue;
      }
      if (node === parent[other]) {
        node = parent;
        this.#rotate(node, side);
      }
      const top = must(node.parent, 'it has been turned below its parent');
      top.red = false;
      above.red = true;
      this.#rotate(above, other);
    }
    if (this.#root !== undefined) this.#root.red = false;
  }

  /** Lets a node sink to one side; its child of the other side takes its place. */
  #rotate(node: Node<T>, side: Side): void {
    const other = opposite[side];
    const riser = must(node[other], 'a node sinks only below a child');
    node[other] = riser[side];
    const moved = riser[side];
    if (moved !== undefined) moved.parent = node;
    riser.parent = node.parent;
    if (node.parent === undefined) this.#root = riser;
    else node.parent[node.parent.left === node ? 'left' : 'right'] = riser;
    riser[side] = node;
    node.parent = riser;
  }
}

type Side = 'left' | 'right';

const opposite = { left: 'right', right: 'left' } as const;

interface Node<T> {
  readonly member: T;
  red: boolean;
  parent: Node<T> | undefined;
  left: Node<T> | undefined;
  right: Node<T> | undefined;
}

function* below<T>(node: Node<T> | undefined): Generator<T> {
  if (node === undefined) return;
  yield* below(node.left);
  yield node.member;
  yield* below(node.right);
}

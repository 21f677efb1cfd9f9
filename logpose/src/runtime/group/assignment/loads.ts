import type { AssignableMember, AssignableTask } from './assignment.ts';
import { compareText, subtopologyOf } from './group-view.ts';

/** What members carry so far. */
export class Loads {
  readonly #loads = new Map<string, Load>();

  add(member: AssignableMember, task: AssignableTask): void {
    const load = this.#of(member);
    const subtopology = subtopologyOf(task);
    load.tasks++;
    load.weight += task.weight;
    load.ofSubtopology.set(subtopology, (load.ofSubtopology.get(subtopology) ?? 0) + 1);
  }

  remove(member: AssignableMember, task: AssignableTask): void {
    const load = this.#of(member);
    const subtopology = subtopologyOf(task);
    load.tasks--;
    load.weight -= task.weight;
    load.ofSubtopology.set(subtopology, (load.ofSubtopology.get(subtopology) ?? 0) - 1);
  }

  tasks(member: AssignableMember): number {
    return this.#of(member).tasks;
  }

  /** Tasks of one subtopology. */
  ofSubtopology(member: AssignableMember, task: AssignableTask): number {
    return this.#of(member).ofSubtopology.get(subtopologyOf(task)) ?? 0;
  }

  /** Who is less loaded stands first; of equals the one whose id does. */
  compare(a: AssignableMember, b: AssignableMember): number {
    const [one, other] = [this.#of(a), this.#of(b)];
    return (
      one.tasks / a.capacity - other.tasks / b.capacity ||
      one.weight / a.capacity - other.weight / b.capacity ||
      compareText(a.id, b.id)
    );
  }

  #of({ id }: AssignableMember): Load {
    let load = this.#loads.get(id);
    if (load === undefined) {
      load = { tasks: 0, weight: 0, ofSubtopology: new Map() };
      this.#loads.set(id, load);
    }
    return load;
  }
}

interface Load {
  tasks: number;
  weight: number;
  readonly ofSubtopology: Map<string, number>;
}

/** The first by `compare`; undefined: there is none. */
export function least<T>(items: readonly T[], compare: (a: T, b: T) => number): T | undefined {
  let [first] = items;
  for (const item of items) if (first !== undefined && compare(item, first) < 0) first = item;
  return first;
}

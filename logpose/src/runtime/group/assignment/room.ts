import type { AssignableMember } from './assignment.ts';
import { compareText } from './group-view.ts';
import { type Loads, least } from './loads.ts';

/**
 * How many tasks each member may still take: its capacity's share of all, rounded down, and one
 * more for as many members as the rounding leaves over. So counts differ by one at most where
 * capacities are equal.
 */
export class Room {
  readonly #room: Map<AssignableMember, number>;
  readonly #remainders = new Map<AssignableMember, number>();
  #extras: number;

  /** @param count - Tasks to be taken beside those that members carry already. */
  constructor(members: readonly AssignableMember[], loads: Loads, count: number) {
    const total = count + members.reduce((sum, member) => sum + loads.tasks(member), 0);
    const capacity = members.reduce((sum, member) => sum + member.capacity, 0);
    this.#extras = total;
    this.#room = new Map(
      members.map((member) => {
        const share = Math.floor((total * member.capacity) / capacity);
        this.#remainders.set(member, (total * member.capacity) % capacity);
        const room = share - loads.tasks(member);
        this.#extras -= share + Math.max(0, -room);
        return [member, room];
      }),
    );
  }

  mayTake(member: AssignableMember): boolean {
    const room = this.#of(member);
    return room > 0 || (room === 0 && this.#extras > 0);
  }

  take(member: AssignableMember): void {
    const room = this.#of(member);
    if (room <= 0) this.#extras--;
    this.#room.set(member, room - 1);
  }

  /**
   * How many of their tasks members may keep. Who has more than its share keeps one more, as long
   * as there are any: so it need not move.
   *
   * @param later - How many more tasks a member has, which are shared out later: who has fewer of
   *   those comes first.
   */
  allowances(
    owned: ReadonlyMap<AssignableMember, number>,
    later: (member: AssignableMember) => number,
  ): ReadonlyMap<AssignableMember, number> {
    let extras = this.#extras;
    const claims = [...owned].filter(([member, count]) => {
      const room = this.#of(member);
      return room >= 0 && count > room;
    });
    const claimants = claims
      .map(([member]) => member)
      .sort((a, b) => {
        const [one = 0, other = 0] = [a, b].map((each) => this.#remainders.get(each));
        return other - one || later(a) - later(b) || compareText(a.id, b.id);
      });
    const allowed = new Map([...owned.keys()].map((each) => [each, Math.max(0, this.#of(each))]));
    for (const member of claimants) {
      if (extras-- > 0) allowed.set(member, this.#of(member) + 1);
    }
    return allowed;
  }

  /** Who has most room, for a task that fits nowhere. */
  widest(): AssignableMember | undefined {
    const members = [...this.#room.keys()];
    return least(members, (a, b) => this.#of(b) - this.#of(a) || compareText(a.id, b.id));
  }

  #of(member: AssignableMember): number {
    return this.#room.get(member) ?? 0;
  }
}

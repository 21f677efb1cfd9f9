import type { TaskHolder } from '../runtime/group/shares.ts';
import type { StoreHost } from './store-host.ts';
import type { PeerSharing, StorePlace } from './store-peer.ts';

type MapHost = Pick<StoreHost, 'peers' | 'tasksOf' | 'hasLost'>;

/** Who has which tasks, as the instances that can be asked know it. */
export class GroupMap {
  readonly #host: MapHost;

  constructor(host: MapHost) {
    this.#host = host;
  }

  /** Every member, as the latest generation has it; none when nobody here is a member. */
  get holders(): readonly TaskHolder[] {
    const known = this.#sharings();
    const latest = Math.max(...known.map(({ generation }) => generation));
    return known.find(({ generation }) => generation === latest)?.holders ?? [];
  }

  /** Undefined: nobody, or that is not known. */
  ownerOf({ store, partition }: StorePlace): TaskHolder | undefined {
    const id = this.#host.tasksOf(store)[partition]?.id;
    return id === undefined ? undefined : this.holders.find(({ active }) => active.includes(id));
  }

  /** Where a partition is, when that is none of the instances that can be asked. */
  addressElsewhere(place: StorePlace): string | undefined {
    const owner = this.ownerOf(place);
    if (owner === undefined) return undefined;
    const isHere = this.#host.peers().some(({ processId }) => processId === owner.processId);
    // The group finds out a little later that an instance has gone.
    return isHere || this.#host.hasLost(owner.processId) ? undefined : owner.advertised;
  }

  #sharings(): readonly PeerSharing[] {
    return this.#host.peers().flatMap(({ sharing }) => sharing ?? []);
  }
}

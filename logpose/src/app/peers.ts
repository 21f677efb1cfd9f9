import type { LogPort } from '../log/log-port.ts';
import type { StorePeer } from '../query/store-peer.ts';

const peers = new WeakMap<LogPort, Map<string, Set<StorePeer>>>();

/** Lets the instances of an application on one log of this process find one another. */
export class PeerRegistry {
  readonly #log: LogPort;
  readonly #applicationId: string;

  constructor(log: LogPort, applicationId: string) {
    this.#log = log;
    this.#applicationId = applicationId;
  }

  /** In the order in which they came. */
  list(): readonly StorePeer[] {
    return [...(peers.get(this.#log)?.get(this.#applicationId) ?? [])];
  }

  /** Makes an instance known; returns how it is forgotten. */
  add(peer: StorePeer): () => void {
    const ofLog = peers.get(this.#log) ?? new Map<string, Set<StorePeer>>();
    peers.set(this.#log, ofLog);
    const ofApplication = ofLog.get(this.#applicationId) ?? new Set();
    ofLog.set(this.#applicationId, ofApplication);
    ofApplication.add(peer);
    return () => this.#remove(peer);
  }

  #remove(peer: StorePeer): void {
    const ofLog = peers.get(this.#log);
    const ofApplication = ofLog?.get(this.#applicationId);
    ofApplication?.delete(peer);
    if (ofApplication?.size === 0) ofLog?.delete(this.#applicationId);
    if (ofLog?.size === 0) peers.delete(this.#log);
  }
}

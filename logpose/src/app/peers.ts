import type { LogPort } from '../log/log-port.ts';
import type { StorePeer } from '../query/store-peer.ts';

/** The instances of one application in this process. */
interface Crowd {
  readonly peers: Set<StorePeer>;
  /** Process ids of the last that have gone. */
  readonly gone: string[];
}

const crowds = new WeakMap<LogPort, Map<string, Crowd>>();
const maxGone = 64;

const wrapped = new WeakMap<LogPort, LogPort>();

/** A wrapper counts as the log it wraps: instances with wrappers of one log find each other. */
export function wraps<T extends LogPort>(wrapper: T, log: LogPort): T {
  wrapped.set(wrapper, log);
  return wrapper;
}

/** Lets the instances of an application on one log of this process find one another. */
export class PeerRegistry {
  readonly #log: LogPort;
  readonly #applicationId: string;

  constructor(log: LogPort, applicationId: string) {
    this.#log = wrapped.get(log) ?? log;
    this.#applicationId = applicationId;
  }

  /** In the order in which they came. */
  list(): readonly StorePeer[] {
    return [...(this.#crowd()?.peers ?? [])];
  }

  /** Whether an instance of that process id was here a short while ago. */
  hasLost(processId: string): boolean {
    return this.#crowd()?.gone.includes(processId) === true;
  }

  /** Makes an instance known; returns how it is forgotten. */
  add(peer: StorePeer): () => void {
    const ofLog = crowds.get(this.#log) ?? new Map<string, Crowd>();
    crowds.set(this.#log, ofLog);
    const crowd = ofLog.get(this.#applicationId) ?? { peers: new Set(), gone: [] };
    ofLog.set(this.#applicationId, crowd);
    crowd.peers.add(peer);
    return () => this.#remove(peer);
  }

  #remove(peer: StorePeer): void {
    const crowd = this.#crowd();
    if (crowd?.peers.delete(peer) !== true) return;
    if (peer.processId !== undefined) crowd.gone.push(peer.processId);
    if (crowd.gone.length > maxGone) crowd.gone.shift();
    if (crowd.peers.size > 0) return;
    const ofLog = crowds.get(this.#log);
    ofLog?.delete(this.#applicationId);
    if (ofLog?.size === 0) crowds.delete(this.#log);
  }

  #crowd(): Crowd | undefined {
    return crowds.get(this.#log)?.get(this.#applicationId);
  }
}

import { Agent, request } from 'node:http';

/** What a load has measured. */
export interface LoadResult {
  readonly sent: number;
  /** By HTTP status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly elapsedMs: number;
  /** From when a request was due to its answer, ascending, in milliseconds. */
  readonly latencies: readonly number[];
}

/** One request of a load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

export interface LoadOptions {
  readonly address: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly next: (n: number) => LoadRequest;
}

const maxSockets = 128;
const tickMs = 5;

/**
 * Sends at a fixed rate, whatever the answers do: a request is timed from when it was due, so that
 * a server that stalls is not spared the requests it would have had.
 */
export async function load({
  address,
  perSecond,
  seconds,
  next,
}: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const statuses: Record<number, number> = {};
  const latencies: number[] = [];
  const answers: Promise<void>[] = [];
  const total = perSecond * seconds;
  const startMs = performance.now();
  while (answers.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startMs) / 1_000) * perSecond));
    while (answers.length < due) {
      const dueMs = startMs + (answers.length / perSecond) * 1_000;
      const answer = send(agent, address, next(answers.length)).then((status) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        latencies.push(performance.now() - dueMs);
      });
      answers.push(answer);
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  await Promise.all(answers);
  agent.destroy();
  const elapsedMs = performance.now() - startMs;
  return { sent: total, statuses, elapsedMs, latencies: latencies.toSorted((a, b) => a - b) };
}

/** The latency that this share of requests stays below. */
export function quantile(latencies: readonly number[], share: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
}

function send(agent: Agent, address: string, { method, path, body }: LoadRequest): Promise<number> {
  return new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(`${address}${path}`, { agent, method, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    // No answer at all counts as status 0.
    sent.once('error', () => resolve(0));
    sent.end(body);
  });
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Waits for someone who wants the process, or the application in it, to end. */
export interface StopRequest extends Disposable {
  readonly requested: Promise<void>;
}

/** The first SIGINT, SIGTERM or abort. A second signal ends the process as it would without us. */
export function stopRequest(signal: AbortSignal | undefined): StopRequest {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    forget();
    resolve();
  };
  const forget = () => {
    for (const name of signals) process.off(name, stop);
    signal?.removeEventListener('abort', stop);
  };
  for (const name of signals) process.once(name, stop);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  return { requested: promise, [Symbol.dispose]: forget };
}

import type { LogPort } from '../../src/log/log-port.ts';
import { logPortContract } from './log-port-contract.ts';
import { ReferenceLog } from './reference-log.ts';
import { ReferenceState } from './reference-state.ts';

logPortContract('the reference log', async () => {
  const state = new ReferenceState();
  let port: LogPort = new ReferenceLog(state);
  return {
    port,
    reopen: async () => {
      await port.close();
      port = new ReferenceLog(state);
      return port;
    },
    close: () => port.close(),
  };
});

import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { busContract } from './bus-contract.ts';

busContract('the bus in process', ({ surroundings, onError }) => {
  return new InProcessBus({ surroundings, instance: 'crew-1', onError });
});

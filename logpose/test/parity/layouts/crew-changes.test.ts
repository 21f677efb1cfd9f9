import { onLogSuite } from './recorded-cases.ts';

onLogSuite('two instances, of which one goes and another comes', { instances: 2, crew: 'changes' });
onLogSuite('two instances, of which one crashes and another comes', {
  instances: 2,
  crew: 'crashes',
});

import { onLogSuite } from './recorded-cases.ts';

onLogSuite('one instance', { instances: 1, crew: 'stays' });
onLogSuite('three instances', { instances: 3, crew: 'stays' });
onLogSuite('two instances that commit at least once', {
  instances: 2,
  crew: 'stays',
  guarantee: 'at-least-once',
});

/**
 * Test files that `npm run check` leaves to `npm run check:full` and `npm test`, and why. What is
 * not named here is quick: seconds at most, alone on a core.
 */
export const longTests: Readonly<Record<string, string>> = {
  'logpose/test/app/killed.test.ts': 'kills processes',
  'logpose/test/app/month.test.ts': 'runs a month of days',
  'logpose/test/app/workers-failing.test.ts': 'ends threads, also those that do not answer',
  'logpose/test/damage/lmdb-damage.test.ts': 'kills processes',
  'logpose/test/log-embedded/cleaning-crash.test.ts': 'dies at each of some hundred steps',
  'logpose/test/log-embedded/killed-cleaner.test.ts': 'kills processes',
  'logpose/test/log-embedded/killed-process.test.ts': 'kills processes',
  'logpose/test/log-embedded/killed-under-load.test.ts': 'kills processes',
  'logpose/test/parity/layouts/crew-changes.test.ts':
    'moves tasks within each recorded case, twice',
  'logpose/test/package/packed.test.ts': 'packs and installs the package',
  'shop/test/browser/instances.test.ts': 'drives a browser',
  'shop/test/browser/page.test.ts': 'drives a browser',
  'shop/test/browser/replayed.test.ts': 'drives a browser',
  'shop/test/check/check.test.ts': 'opens a whole shop for each case',
  'shop/test/config.test.ts': 'starts a process for each mistake',
  'shop/test/flags.test.ts': 'starts a process for each mistake',
  'shop/test/http/problems.test.ts': 'waits for answers that never come',
  'shop/test/instances.test.ts': 'kills instances of an open shop',
  'shop/test/kill.test.ts': 'kills processes',
  'shop/test/one-world.test.ts': 'starts a shop for each case',
  'shop/test/relay/relay.test.ts': 'opens a shop for each step at which one dies',
  'shop/test/replay/kill.test.ts': 'kills processes',
  'shop/test/replay/opened-world.test.ts': 'replays a file and opens its world',
  'shop/test/replay/week.test.ts': 'replays a week of a real shop',
  'shop/test/replay/whole-file.test.ts': 'replays half a million events',
  'shop/test/shop.test.ts': 'starts and stops shops as processes',
  'shop/test/simulate/http-actions.test.ts': 'waits until customers have come, by the clock',
  'shop/test/sql/pglite.test.ts': 'makes a database for each case',
};

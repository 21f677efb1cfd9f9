import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { type SimulationSettings, settingsOfSeed } from '../simulation/settings.ts';
import { simulate } from '../simulation/simulation.ts';

/** What a file holds: a sentence on what once went wrong, and the settings that showed it. */
interface Regression {
  readonly sentence: string;
  readonly settings: SimulationSettings;
}

suite('what once went wrong', () => {
  const directory = new URL('.', import.meta.url);
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.json'))) {
    const { sentence, settings } = read(new URL(file, directory));
    test(sentence, async () => {
      await simulate({ seed: settings.seed, settings });
    });
  }
});

/** Settings that are newer than the file are the seed's. */
function read(file: URL): Regression {
  const { sentence, settings } = JSON.parse(readFileSync(file, 'utf8'));
  return { sentence, settings: { ...settingsOfSeed(settings.seed), ...settings } };
}

import { lineOf, type TextFile } from './source-file.ts';

interface Habit {
  readonly where: RegExp;
  readonly except?: RegExp;
  readonly pattern: RegExp;
  readonly advice: string;
}

/** What a line of text must not say, and what to do instead. */
const habits: readonly Habit[] = [
  {
    where: /\.test\.ts$/,
    pattern: /\b(test|it|suite|describe)\.(skip|todo|only)\(|\b(skip|todo): true\b/,
    advice: "give the reason: skip: 'why', so that the runner prints it",
  },
  {
    where: /\.tsx?$/,
    except: /^scripts\/tidy\//,
    pattern: /@ts-ignore|@ts-nocheck|\bTODO\b|\bFIXME\b/,
    advice: 'mend it now',
  },
  {
    where: /^(logpose|shop)\/src\/.*\.ts$/,
    except: /^logpose\/src\/topology\/topology\.ts$/,
    pattern: /\bas any\b(?! [a-z])|: any\b|<any>|\bas unknown as\b/,
    advice: 'types end in topology/topology.ts; elsewhere use unknown and a check',
  },
  {
    where: /^(logpose|shop)\/src\/.*\.ts$/,
    except: /\.test\.ts$/,
    pattern: /\.(getHours|getDate|getDay|getMonth|getFullYear|getTimezoneOffset)\(|systemDefault/,
    advice: "the process's own zone decides nothing; pass a zone",
  },
  {
    where: /\.(ts|tsx|mjs|md|json)$/,
    // A path of somebody's machine, as opposed to one of the system.
    pattern: /(^|[\s"'`(=])\/(work|home|root|Users)\//,
    advice: 'no absolute path of one machine',
  },
];

/** Habits that a file does not keep. */
export function* habitProblems(file: TextFile): Generator<string> {
  for (const { where, except, pattern, advice } of habits) {
    if (!where.test(file.path) || except?.test(file.path)) continue;
    const found = pattern.exec(file.text);
    if (found) yield `${file.path}:${lineOf(file, found.index)}: ${found[0].trim()}: ${advice}`;
  }
}

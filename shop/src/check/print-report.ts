import type { CheckReport } from './check-world.ts';

/** The report as a table for a terminal, differences below it. */
export function printReport(report: CheckReport): string {
  const { witnesses, groups } = report;
  const head = ['', 'keys', ...witnesses, ''];
  const rows = groups.map(({ group, keys, sums, wrong }) => [
    group,
    number(keys),
    ...witnesses.map((name) => number(sums[name])),
    wrong === 0 ? '✓' : `✗ ${wrong}`,
  ]);
  const widths = head.map((_title, n) =>
    Math.max(...[head, ...rows].map((row) => row[n]?.length ?? 0)),
  );
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const samples = groups.flatMap((group) => group.samples.map((sample) => `  ${sample}`));
  const end = `dead letters ${report.dead} · late ${report.late} · wrong ${report.wrong}`;
  return [...lines, ...samples, end].join('\n');
}

function number(value: number | undefined): string {
  return value === undefined ? '–' : value.toLocaleString('en-US');
}

import openInBrowser from 'open';

/** Where the program runs. */
export interface ProgramPlace {
  readonly stdout: { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

/** Only for a person at a terminal, never on a build machine. */
export function shouldOpenBrowser(
  config: { readonly open: boolean },
  { stdout, env }: ProgramPlace,
): boolean {
  return config.open && stdout.isTTY === true && (env['CI'] ?? '') === '';
}

/** Opens the page. Without a browser the printed address is enough. */
export async function showPage(address: string): Promise<void> {
  const child = await openInBrowser(address);
  child.on('error', () => undefined);
}

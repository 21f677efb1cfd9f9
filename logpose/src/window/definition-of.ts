import { ConfigError } from '../errors/config-errors.ts';
import type { SlidingWindows } from './moving-windows.ts';
import type { AnyWindows, SessionWindows } from './window.ts';
import type { WindowDefinition } from './window-definition.ts';

/** Windows by how operators find those that hold a record. */
export type WindowsShape =
  | { readonly shape: 'fixed'; readonly windows: WindowDefinition }
  | { readonly shape: 'sliding'; readonly windows: SlidingWindows }
  | { readonly shape: 'session'; readonly windows: SessionWindows };

/**
 * What stands behind the public type.
 *
 * @throws {ConfigError} When the windows were made by hand.
 */
export function shapeOf(windows: AnyWindows): WindowsShape {
  if (windows.kind === 'session') return { shape: 'session', windows };
  if (isSliding(windows)) return { shape: 'sliding', windows };
  if (isDefinition(windows)) return { shape: 'fixed', windows };
  throw new ConfigError([
    `windows of kind ${windows.kind} were made by hand: ` +
      'make them with tumbling, hopping, sliding, session, unlimited or calendar',
  ]);
}

function isSliding(windows: AnyWindows): windows is SlidingWindows {
  return windows.kind === 'sliding' && 'differenceMs' in windows;
}

function isDefinition(windows: AnyWindows): windows is AnyWindows & WindowDefinition {
  return 'firstStartMs' in windows;
}

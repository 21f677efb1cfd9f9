export { openEmbeddedLog } from './log-embedded/open-embedded-log.ts';
export type {
  EmbeddedLogOptions,
  FsyncPolicy,
  RecoveryLoss,
} from './log-embedded/options.ts';

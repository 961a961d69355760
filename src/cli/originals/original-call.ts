import type { ExternalHaproxy } from '../../lb/external/external-haproxy.js';
import type { FlagName } from '../flags.js';
import type { OptionFile } from '../option-files.js';

/** What the words of a load balancer that is stood in for mean here. */
export interface OriginalCall {
  /** How it is called in messages. */
  readonly name: string;
  /** `follow`: until it is stopped; `once`: the configuration of this moment, then the end. */
  readonly run: 'follow' | 'once';
  /** The words of `ekiden lb` that say the same. */
  readonly argv: readonly string[];
  /** What is different from the defaults of `ekiden lb`; command line and environment win. */
  readonly presets: Presets;
  /** The HAProxy that something else runs; undefined: this role runs its own. */
  readonly external: ExternalHaproxy | undefined;
  /** Files to be written before anything reads them: certificates from the environment, a converted template. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly logFile?: string | undefined;
  /** What was given and has no effect, one line each. */
  readonly warnings: readonly string[];
}

/** Values by option; undefined = the default of `ekiden lb`. */
export type Presets = Partial<Readonly<Record<FlagName, string | undefined>>>;

/** The presets as `resolveSettings` takes them; messages name the original. */
export function presetFiles(name: string, presets: Presets): ReadonlyMap<string, OptionFile> {
  return new Map(
    Object.entries(presets).flatMap(([flag, text]) =>
      text === undefined ? [] : [[flag, { path: name, text }] as const],
    ),
  );
}

/** `--name value` for what was given. */
export function optionWords(values: Presets): string[] {
  return Object.entries(values).flatMap(([flag, text]) => (text === undefined ? [] : [`--${flag}=${text}`]));
}

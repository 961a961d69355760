import type { Json } from '../model/app-definition.js';
import type { PluginInterface } from './types.js';

/** A plugin as the `--plugin_conf` names it. */
export interface PluginDefinition {
  readonly id: string;
  /** The interface under Marathon's name (`mesosphere.marathon.plugin.auth.Authenticator`), as it is written in the file. */
  readonly plugin: string;
  /** The last part of that name. */
  readonly interface: PluginInterface;
  /** The module's path below `--plugin_dir`. */
  readonly implementation: string;
  readonly tags: readonly string[];
  /** For those who list the plugins (the web interface); nothing here reads it. */
  readonly info: Readonly<Record<string, Json>>;
  readonly configuration: Readonly<Record<string, Json>>;
}

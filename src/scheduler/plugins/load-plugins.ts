import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { messageOf, StartupError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { startTimer, within } from './deadline.js';
import type { Deadline } from './deadline.js';
import type { PluginDefinition } from './definition.js';
import { assertImplements } from './interfaces.js';
import { parsePluginConf } from './parse-plugin-conf.js';
import { pluginFile } from './plugin-file.js';
import type { PluginFactory, PluginInterface, PluginInterfaces } from './types.js';

/** A plugin that is ready for use. */
export interface Loaded<Name extends PluginInterface> {
  readonly id: string;
  readonly plugin: PluginInterfaces[Name];
}

/** All plugins, by what they are for. */
export interface Plugins {
  /** As configured, in that order. */
  readonly definitions: readonly PluginDefinition[];
  readonly authenticator: Loaded<'Authenticator'> | undefined;
  readonly authorizer: Loaded<'Authorizer'> | undefined;
  readonly validators: readonly Loaded<'RunSpecValidator'>[];
  readonly processors: readonly Loaded<'RunSpecTaskProcessor'>[];
  /** By id. */
  readonly requestHandlers: ReadonlyMap<string, Loaded<'HttpRequestHandler'>>;
  /** For each of their calls that may take time. */
  readonly deadline: Deadline;
}

const defaultDeadline: Deadline = { limitMs: 5_000, startTimer };

export const noPlugins: Plugins = {
  definitions: [],
  authenticator: undefined,
  authorizer: undefined,
  validators: [],
  processors: [],
  requestHandlers: new Map(),
  deadline: defaultDeadline,
};

/** Loads a module and makes its plugin. Only files that `pluginFile` has found get here. */
async function makePlugin(file: string, { configuration, id }: PluginDefinition, logger: Logger): Promise<unknown> {
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  if (typeof module.default !== 'function') throw new Error('its module has no function as default export');
  const factory = module.default as PluginFactory<unknown>;
  return factory({ configuration, logger: logger.child({ plugin: id }) });
}

/**
 * Loads the plugins of a `--plugin_conf` from a `--plugin_dir` (docs/plugins.md), one after the other, in the order of the file. Throws
 * StartupError, naming the plugin, for any that cannot be used: a scheduler without one of its rules must not serve.
 */
export async function loadPlugins(
  { directory, configuration }: { readonly directory: string; readonly configuration: string },
  { logger, deadline = defaultDeadline }: { readonly logger: Logger; readonly deadline?: Deadline },
): Promise<Plugins> {
  let text: string;
  try {
    text = await readFile(configuration, 'utf8');
  } catch (error) {
    throw new StartupError(`--plugin_conf ${configuration} cannot be read: ${messageOf(error)}`);
  }
  const definitions = parsePluginConf(configuration, text);
  const made = new Map<PluginDefinition, unknown>();
  for (const definition of definitions) {
    try {
      const file = await pluginFile(directory, definition.implementation);
      const plugin = await within(deadline, () => makePlugin(file, definition, logger));
      assertImplements(definition.interface, plugin);
      made.set(definition, plugin);
    } catch (error) {
      throw new StartupError(`plugin '${definition.id}' cannot be loaded: ${messageOf(error)}`);
    }
    logger.info({ plugin: definition.id, interface: definition.interface }, 'plugin loaded');
  }

  function allOf<Name extends PluginInterface>(name: Name): readonly Loaded<Name>[] {
    return [...made].flatMap(([definition, plugin]) =>
      // What was made is of the interface that its definition names
      definition.interface === name ? [{ id: definition.id, plugin: plugin as PluginInterfaces[Name] }] : [],
    );
  }
  function onlyOf<Name extends PluginInterface>(name: Name): Loaded<Name> | undefined {
    const [first, second] = allOf(name);
    if (second === undefined) return first;
    throw new StartupError(
      `--plugin_conf ${configuration} cannot be used: '${first?.id}' and '${second.id}' are both an ${name}, and there can be one`,
    );
  }
  return {
    definitions,
    authenticator: onlyOf('Authenticator'),
    authorizer: onlyOf('Authorizer'),
    validators: allOf('RunSpecValidator'),
    processors: allOf('RunSpecTaskProcessor'),
    requestHandlers: new Map(allOf('HttpRequestHandler').map((handler) => [handler.id, handler])),
    deadline,
  };
}

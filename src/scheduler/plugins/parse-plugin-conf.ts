import { messageOf, StartupError } from '../../common/errors.js';
import type { Json } from '../model/app-definition.js';
import type { PluginDefinition } from './definition.js';
import { interfaceNames } from './interfaces.js';

/** Ids stand in URLs. */
const idPattern = /^[A-Za-z0-9][\w.-]{0,99}$/;
const maxPlugins = 100;

type Members = Readonly<Record<string, Json>>;

function isObject(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(members: Members, name: string): string {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  if (typeof value !== 'string' || value === '') throw new Error(`'${name}' is not given as a text`);
  return value;
}

function objectOf(members: Members, name: string): Members {
  const value = (Object.hasOwn(members, name) ? members[name] : undefined) ?? {};
  if (!isObject(value)) throw new Error(`'${name}' is not an object`);
  return value;
}

function tagsOf({ tags }: Members): readonly string[] {
  const list: readonly Json[] = tags === undefined || tags === null ? [] : Array.isArray(tags) ? tags : [tags];
  return list.map((tag) => {
    if (typeof tag !== 'string') throw new Error("'tags' is not a list of texts");
    return tag;
  });
}

function definitionOf(id: string, members: Json): PluginDefinition {
  if (!idPattern.test(id)) throw new Error('an id has up to 100 letters, digits, dots, hyphens and underscores');
  if (!isObject(members)) throw new Error('it is not an object');
  const plugin = textOf(members, 'plugin');
  const name = plugin.slice(plugin.lastIndexOf('.') + 1);
  const known = interfaceNames.find((n) => n === name);
  if (known === undefined) {
    throw new Error(`there is no interface '${plugin}' for plugins here; there are ${interfaceNames.join(', ')}`);
  }
  return {
    id,
    plugin,
    interface: known,
    implementation: textOf(members, 'implementation'),
    tags: tagsOf(members),
    info: objectOf(members, 'info'),
    configuration: objectOf(members, 'configuration'),
  };
}

/**
 * Reads a `--plugin_conf`: `{"plugins": {"<id>": {"plugin", "implementation", "configuration"?, "tags"?, "info"?, "enabled"?}}}`, in the
 * order of the file, those with `"enabled": false` left out. Throws StartupError that names `path`.
 */
export function parsePluginConf(path: string, text: string): readonly PluginDefinition[] {
  const refused = (reason: string): StartupError => new StartupError(`--plugin_conf ${path} cannot be used: ${reason}`);
  let file: Json;
  try {
    file = JSON.parse(text) as Json;
  } catch {
    // What the parser says quotes the text, in which there may be secrets
    throw refused('it is not JSON');
  }
  const plugins = isObject(file) ? file['plugins'] : undefined;
  if (!isObject(plugins)) throw refused(`it is not an object with an object 'plugins'`);
  const entries = Object.entries(plugins).filter(([, members]) => !isObject(members) || members['enabled'] !== false);
  if (entries.length > maxPlugins)
    throw refused(`it names ${entries.length} plugins; at most ${maxPlugins} are loaded`);
  return entries.map(([id, members]) => {
    try {
      return definitionOf(id, members);
    } catch (error) {
      throw refused(`plugin ${JSON.stringify(id)}: ${messageOf(error)}`);
    }
  });
}

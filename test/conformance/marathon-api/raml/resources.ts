import { isMap, mapIn, textIn } from './yaml.js';
import type { Yaml, YamlMap } from './yaml.js';

/** One method of one URL, as the RAML files describe it. */
export interface Operation {
  /** The file that describes it: `v2/apps.raml`. */
  readonly file: string;
  /** `GET /v2/apps/{app_id}` */
  readonly name: string;
  readonly queryParameters: readonly string[];
  /** The type of the JSON body by status, for every 2xx; undefined where none is told. */
  readonly successes: ReadonlyMap<number, string | undefined>;
}

const methods: ReadonlySet<string> = new Set(['get', 'head', 'put', 'post', 'patch', 'delete']);

function successesOf(operation: YamlMap): ReadonlyMap<number, string | undefined> {
  return new Map(
    [...mapIn(operation, 'responses')].flatMap(([status, response]) => {
      const json = mapIn(mapIn(response, 'body'), 'application/json');
      const success = /^2\d\d$/.test(status);
      return success ? [[Number(status), textIn(json, 'type') ?? textIn(json, 'schema')] as const] : [];
    }),
  );
}

/** Every operation that `api.raml` leads to. The traits that operations share are in `traits.raml`. */
export function readOperations(files: ReadonlyMap<string, YamlMap>): readonly Operation[] {
  const traits = files.get('traits.raml');

  function operationsBelow(node: Yaml, path: string, file: string): readonly Operation[] {
    if (!isMap(node)) return [];
    return [...node].flatMap(([name, member]) => {
      if (name.startsWith('/')) return operationsBelow(member, `${path}${name}`, file);
      if (!methods.has(name)) return [];
      const own = isMap(member) ? member : new Map<string, Yaml>();
      const is = own.get('is');
      const shared = (Array.isArray(is) ? (is as readonly string[]) : []).map((trait) => mapIn(traits, trait));
      const all = [...shared, own];
      const url = path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
      return [
        {
          file,
          name: `${name.toUpperCase()} ${url}`,
          queryParameters: all
            .flatMap((part) => [...mapIn(part, 'queryParameters').keys()])
            .map((q) => q.replace(/\?$/, '')),
          successes: new Map(all.flatMap((part) => [...successesOf(part)])),
        },
      ];
    });
  }

  return [...(files.get('api.raml') ?? [])].flatMap(([path, value]) => {
    const file = typeof value === 'string' ? /^!include (.*)$/.exec(value)?.[1] : undefined;
    const tree = file === undefined ? undefined : files.get(file);
    return path.startsWith('/') && file !== undefined && tree !== undefined ? operationsBelow(tree, path, file) : [];
  });
}

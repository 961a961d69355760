import { readFileSync } from 'node:fs';
import { sharedPath } from '../../../support/shared.js';
import { RamlTypes } from './types.js';
import { parseYaml } from './yaml.js';
import type { YamlMap } from './yaml.js';

/** The RAML files of Marathon's API, read. */
export interface Raml {
  /** Every file, by its path within the API (`v2/apps.raml`). */
  readonly files: ReadonlyMap<string, YamlMap>;
  readonly types: RamlTypes;
}

const root = sharedPath('cases/marathon');

/** `raml/v2__types__app.raml` → `v2/types/app.raml` */
export function ramlPathOf(file: string): string {
  return file.replace(/^raml\//, '').replaceAll('__', '/');
}

/** Reads the RAML files of the given rows. */
export function readRaml(files: readonly string[]): Raml {
  const read = new Map(
    files.map((file) => {
      const path = ramlPathOf(file);
      try {
        return [path, parseYaml(readFileSync(`${root ?? ''}/${file}`, 'utf8'))] as const;
      } catch (error) {
        throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }),
  );
  const libraries = [...read].flatMap(([path, tree]) => {
    const name = /^v2\/types\/(.*)\.raml$/.exec(path)?.[1];
    return name === undefined ? [] : [[name, tree] as const];
  });
  return { files: read, types: new RamlTypes(new Map(libraries)) };
}

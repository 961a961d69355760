import fc from 'fast-check';
import { appProperties } from '../../../src/scheduler/core/validate/app-schema.js';
import type { Schema } from '../../../src/scheduler/core/validate/schema.js';

/** Values that fit a schema of the request body, mostly plausible ones: definitions that are often right and sometimes not. */
export function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if ('$ref' in schema) return fc.constant({});
  if ('anyOf' in schema) return fc.oneof(...schema.anyOf.map(fitting));
  if ('enum' in schema && schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (!('type' in schema)) return fc.string();
  switch (schema.type) {
    case 'string':
      return fc.constantFrom(
        'a',
        'http-api',
        'foo',
        'HTTP://x/y.tgz',
        'http://h/a.tar.gz?b=c',
        '*',
        '/p',
        'UNIQUE',
        '3',
      );
    case 'integer': {
      const { minimum = 0, maximum = Infinity } = schema;
      return fc.constantFrom(...[0, 1, 2, 80, 200, 8080].filter((n) => n >= minimum && n <= maximum));
    }
    case 'number':
      return fc.constantFrom(0, 0.1, 0.5, 1, 1.5, 32, 64);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fitting(schema.items), { maxLength: 3 });
    case 'object': {
      if ('properties' in schema) {
        return fc.record(Object.fromEntries(Object.entries(schema.properties).map(([name, s]) => [name, fitting(s)])), {
          requiredKeys: [...(schema.required ?? [])],
        });
      }
      const [values] =
        'additionalProperties' in schema ? [schema.additionalProperties] : Object.values(schema.patternProperties);
      return fc.dictionary(
        fc.constantFrom('a', 'B_1', '', 'dvdi/driver', 'constructor'),
        values === undefined ? fc.string() : fitting(values),
        { maxKeys: 3 },
      );
    }
  }
}

/** Values that fit nothing. */
export const hostile = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(Infinity, -0, 1e300, '\u0000', '__proto__', [[]], { constructor: {} }, null),
);

/** Objects with the members of an app, of whatever content. */
export const hostileApp = fc.record(
  Object.fromEntries(Object.entries(appProperties).map(([name, schema]) => [name, fc.oneof(fitting(schema), hostile)])),
  { requiredKeys: [] },
);

/** Few members, mostly right, so that many of them are accepted. */
export const plausibleApp = fc
  .record(
    Object.fromEntries(
      Object.entries(appProperties)
        .filter(([name]) => name !== 'id' && name !== 'cmd' && name !== 'args')
        .map(([name, schema]) => [name, fitting(schema)]),
    ),
    { requiredKeys: [] },
  )
  .chain((all) => fc.subarray(Object.keys(all), { maxLength: 6 }).map((names) => ({ all, names })))
  .chain(({ all, names }) =>
    fc.constantFrom({ cmd: 'sleep 1' }, { args: ['a'] }).map((command) => ({
      id: '/group/app',
      ...command,
      ...Object.fromEntries(names.map((name) => [name, all[name]])),
    })),
  );

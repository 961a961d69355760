import { Type } from 'typebox';
import { appSchema } from './app-schema.js';
import { defineSchema } from './schema.js';

/**
 * A group in the body of a POST or PUT (marathon.md §2.2, §6.2). `pods` cannot be given in it: like everything else that is not
 * named here, they are not looked at.
 */
export const groupUpdateSchema = defineSchema(
  Type.Cyclic(
    {
      GroupUpdate: Type.Object({
        id: Type.Optional(Type.String()),
        apps: Type.Optional(Type.Array(appSchema)),
        groups: Type.Optional(Type.Array(Type.Ref('GroupUpdate'))),
        dependencies: Type.Optional(Type.Array(Type.String(), { uniqueItems: true })),
        enforceRole: Type.Optional(Type.Boolean()),
        scaleBy: Type.Optional(Type.Number({ minimum: 0 })),
        version: Type.Optional(Type.String()),
      }),
    },
    'GroupUpdate',
  ),
);

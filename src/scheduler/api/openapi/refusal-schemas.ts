import { Type } from 'typebox';
import { rejectReasons } from '../../core/match/reject-reason.js';
import { optional, text } from './common-schemas.js';

const amount = optional(Type.Number({ minimum: 0 }));

const amounts = Type.Object({
  cpus: amount,
  mem: amount,
  disk: amount,
  gpus: amount,
  ports: optional(Type.Integer({ description: 'How many. Less than 0: even the fixed ones are too many.' })),
});

/** `[field, operator]` or `[field, operator, value]`. */
export const constraint = Type.Array(text, { minItems: 2, maxItems: 3 });

export const refusalSchema = Type.Object(
  {
    reason: Type.Enum([...rejectReasons], { type: 'string' }),
    needed: text,
    had: text,
    amounts: optional(Type.Object({ needed: amounts, had: amounts }, { description: 'The same in numbers.' })),
    constraint: optional(constraint),
    missingPorts: optional(Type.Array(Type.Integer())),
  },
  { $id: 'Refusal', description: 'What one filter has against an agent: what was needed and what was there.' },
);

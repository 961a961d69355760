import { Type } from 'typebox';
import { edgeName, edgeRole } from '../../core/validate/receipt-schema.js';
import { count, optional, text, timestamp } from './common-schemas.js';

const edge = { edge: edgeName, role: edgeRole };

const edgeSchema = Type.Object(
  {
    ...edge,
    apiUrl: optional(Type.String({ description: 'Base URL of its HTTP API, as it says itself.' })),
    live: Type.Boolean({ description: 'It follows the catalog, or was heard of in the last 10 s.' }),
    seq: optional(Type.Integer({ minimum: 0, description: 'Its last receipt.' })),
    behind: optional(count),
    seenAt: timestamp,
    drained: count,
  },
  { $id: 'Edge' },
);

const propagatedSchema = Type.Object(
  {
    seq: count,
    publishedAt: timestamp,
    apps: Type.Array(text, { description: 'What it was about; at most 32 of them.' }),
    reached: Type.Array(Type.Object({ ...edge, ms: Type.Number({ description: 'From publication to receipt.' }) })),
    missing: Type.Array(Type.Object(edge), {
      description: 'Those that were live at the publication and have sent no receipt.',
    }),
    everywhereAfterMs: optional(Type.Number({ description: 'Absent while one of them is missing.' })),
  },
  { $id: 'Propagated' },
);

const drainSchema = Type.Object(
  {
    taskId: text,
    app: text,
    until: timestamp,
    waitsFor: Type.Array(Type.Object(edge), { description: 'Those that have not let go of it.' }),
  },
  { $id: 'Drain' },
);

export const propagationSchema = Type.Object(
  {
    now: timestamp,
    position: Type.Object({ epoch: text, seq: count }),
    edges: Type.Array(edgeSchema),
    draining: Type.Array(drainSchema, { description: 'Instances that are killed when nobody uses them any more.' }),
    changes: Type.Array(propagatedSchema, { description: 'The newest first.' }),
  },
  { $id: 'Propagation' },
);

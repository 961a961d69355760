import { Type } from 'typebox';

/** Names of edges are `host:port`; whatever they are, they are shown to people. */
export const edgePattern = '^[\\x21-\\x7e]{1,255}$';

export const edgeName = Type.String({
  pattern: edgePattern,
  description: 'Its name among those of its role: host:port.',
});
export const edgeRole = Type.Enum(['dns', 'lb'], { type: 'string' });

/** The body of POST /ekiden/v1/receipts. */
export const receiptSchema = Type.Object(
  {
    edge: edgeName,
    role: edgeRole,
    epoch: Type.String({ minLength: 1, maxLength: 200 }),
    seq: Type.Integer({ minimum: 0, description: 'Everything up to this position of the catalog is acted upon.' }),
    drained: Type.Optional(
      Type.Array(Type.String({ maxLength: 1024 }), {
        description: 'Tasks that are draining and that nobody uses through this edge any more.',
      }),
    ),
  },
  { $id: 'Receipt' },
);

import { Type } from 'typebox';
import { rejectReasons } from '../../core/match/reject-reason.js';
import { appInfoSchema } from './app-schemas.js';
import { count, optional, text, timestamp } from './common-schemas.js';
import { json, list } from './operation.js';
import type { Resource } from './operation.js';
import { podAnswerSchema } from './pod-schemas.js';

const reason = Type.Enum([...rejectReasons], { type: 'string' });
const ranges = Type.Array(Type.Object({ begin: Type.Integer(), end: Type.Integer() }));

const funnelSchema = Type.Array(Type.Object({ reason, declined: count, processed: count }), {
  description: 'Of the offers that were looked at, how many each reason has refused, one reason after the other.',
});

const offerSchema = Type.Object(
  {
    id: text,
    hostname: text,
    agentId: text,
    resources: Type.Array(
      Type.Object({ name: text, role: text, scalar: optional(Type.Number()), ranges: optional(ranges) }),
    ),
    attributes: Type.Array(
      Type.Object({ name: text, text: optional(text), scalar: optional(Type.Number()), ranges: optional(ranges) }),
    ),
  },
  { $id: 'Offer' },
);

const queueEntrySchema = Type.Object(
  {
    app: optional(appInfoSchema),
    pod: optional(podAnswerSchema),
    count: Type.Integer({ minimum: 0, description: 'How many instances are to be launched.' }),
    role: text,
    since: timestamp,
    delay: Type.Object({ timeLeftSeconds: count, overdue: Type.Boolean() }),
    processedOffersSummary: Type.Object({
      processedOffersCount: count,
      unusedOffersCount: count,
      lastUnusedOfferAt: optional(timestamp),
      lastUsedOfferAt: optional(timestamp),
      rejectSummaryLastOffers: funnelSchema,
      rejectSummaryLaunchAttempt: funnelSchema,
    }),
    lastUnusedOffers: optional(Type.Array(Type.Object({ offer: offerSchema, reason: Type.Array(reason), timestamp }))),
  },
  { $id: 'QueueEntry' },
);

export const queue: Resource = {
  tag: 'queue',
  description: 'The launch queue: what waits for offers, and why.',
  paths: {
    '/v2/queue': {
      get: {
        id: 'listQueue',
        summary: 'Apps and pods that wait',
        parameters: [list('embed', 'Show the offers that could not be used, too.', ['lastUnusedOffers'])],
        answers: { 200: json('What waits.', Type.Object({ queue: Type.Array(queueEntrySchema) })) },
      },
    },
    '/v2/queue/{app_id}/delay': {
      delete: {
        id: 'resetDelay',
        summary: 'Launch now what waits after failures',
        answers: { 204: { description: 'The delay is over.' } },
        errors: [404],
      },
    },
  },
};

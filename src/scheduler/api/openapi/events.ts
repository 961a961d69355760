import { Type } from 'typebox';
import { eventSchema } from './event-schemas.js';
import { text } from './common-schemas.js';
import { flag, json, list } from './operation.js';
import type { Parameter, Resource } from './operation.js';

const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'With ids=true: the id of the last event that arrived; those after it are sent first.',
  schema: { type: 'string' },
};

const callbackUrl: Parameter = {
  name: 'callbackUrl',
  in: 'query',
  description: 'The URL to which every event is posted.',
  required: true,
  schema: { type: 'string', format: 'uri' },
};

const subscriptionSchema = Type.Object(
  {
    clientIp: text,
    callbackUrl: text,
    eventType: Type.Enum(['subscribe_event', 'unsubscribe_event'], { type: 'string' }),
    timestamp: text,
  },
  { $id: 'SubscriptionChange' },
);

export const events: Resource = {
  tag: 'events',
  description: 'Events: what happens, as it happens.',
  paths: {
    '/v2/events': {
      get: {
        id: 'streamEvents',
        summary: 'The events as a stream',
        description:
          'Server-sent events: event is the eventType, data the event as JSON. Nothing is sent again unless ids are asked for; who reads too ' +
          'slowly is disconnected.',
        parameters: [
          list('event_type', 'Only events of these types.'),
          list('plan-format', 'Accepted: plans are always the light ones.', ['light']),
          flag('ids', false, 'Give every event an id, from which a client can go on with Last-Event-ID.'),
          lastEventId,
        ],
        answers: {
          200: {
            description: 'The stream. The schema is that of the data of each event.',
            content: { schema: eventSchema, mediaType: 'text/event-stream' },
          },
        },
        errors: [406],
      },
    },
    '/v2/eventSubscriptions': {
      get: {
        id: 'listSubscriptions',
        summary: 'The URLs to which events are posted',
        answers: { 200: json('The URLs.', Type.Object({ callbackUrls: Type.Array(text) })) },
        errors: [400],
        deprecated: true,
      },
      post: {
        id: 'subscribe',
        summary: 'Have events posted to a URL',
        description: 'Needs --event_subscriber http_callback.',
        parameters: [callbackUrl],
        answers: { 200: json('The event that tells of it.', subscriptionSchema) },
        errors: [400, 422],
        deprecated: true,
      },
      delete: {
        id: 'unsubscribe',
        summary: 'No longer have events posted to a URL',
        parameters: [callbackUrl],
        answers: { 200: json('The event that tells of it.', subscriptionSchema) },
        errors: [400, 422],
        deprecated: true,
      },
    },
  },
};

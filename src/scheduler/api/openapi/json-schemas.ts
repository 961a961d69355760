import type { TSchema } from 'typebox';
import { appSchema } from '../../core/validate/app-schema.js';
import { groupUpdateSchema } from '../../core/validate/group-schema.js';
import { podSchema } from '../../core/validate/pods/pod-schema.js';
import { SchemaPublisher } from './publish-schema.js';
import type { JsonObject } from './publish-schema.js';

/** What an app that was read may hold when it is sent back: none of it is looked at. */
const notRead: JsonObject = {
  versionInfo: {
    description: 'When the app last changed. Not read.',
    readOnly: true,
    properties: { lastScalingAt: {}, lastConfigChangeAt: {} },
  },
  residency: {
    description: 'How apps with volumes were kept in place before 1.5. Not read.',
    deprecated: true,
    properties: { relaunchEscalationTimeoutSeconds: {}, taskLostBehavior: {} },
  },
};

/** A schema as a JSON Schema document of its own. `name`: under which it is published. */
function documentOf(title: string, name: string, schema: TSchema, more: JsonObject = {}): JsonObject {
  const publisher = new SchemaPublisher((known) => (known === name ? '#' : `#/$defs/${known}`));
  publisher.publish(schema);
  const { properties, ...keywords } = publisher.definitions.get(name) ?? {};
  publisher.definitions.delete(name);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...keywords,
    properties: { ...(properties as JsonObject), ...more },
    $defs: Object.fromEntries(publisher.definitions),
  };
}

/** The JSON Schemas of `/v2/schemas` by name: what the bodies of requests are read with. */
export function jsonSchemas(): Readonly<Record<'app' | 'group' | 'pod', JsonObject>> {
  return {
    app: documentOf('App', 'App', appSchema, notRead),
    group: documentOf('Group', 'GroupUpdate', groupUpdateSchema),
    pod: documentOf('Pod', 'Pod', podSchema),
  };
}

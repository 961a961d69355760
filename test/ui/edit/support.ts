import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/ui/pages/edit/json-value.js';

/** Any JSON, small. */
export const anyJson: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json);

const name = fc.constantFrom('web', 'http', 'a-b', 'x1');
const port = fc.nat({ max: 65_535 });
const labels = fc.dictionary(name, name, { maxKeys: 2 });

const definitions = fc.array(
  fc.record({ port, name, protocol: fc.constantFrom('tcp', 'udp'), labels }, { requiredKeys: [] }),
  { maxLength: 3 },
);
const mappings = fc.array(
  fc.record(
    { containerPort: port, hostPort: port, servicePort: port, name, labels, networkNames: fc.array(name) },
    { requiredKeys: [] },
  ),
  { maxLength: 3 },
);

/** Apps as people write them, in new and in old forms, also mixed, with members that the form does not know. */
export const anyApp: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      id: fc.constantFrom('/web', 'web', '/prod/web'),
      cmd: name,
      args: fc.array(name, { maxLength: 2 }),
      cpus: fc.oneof(fc.nat(), fc.constant('many')),
      mem: fc.nat(),
      env: fc.dictionary(name, fc.oneof(name, fc.record({ secret: name })), { maxKeys: 3 }),
      labels,
      networks: fc.constantFrom([{ mode: 'host' }], [{ mode: 'container/bridge' }], [{ mode: 'container', name: 'n' }]),
      portDefinitions: definitions,
      ports: fc.array(port, { maxLength: 3 }),
      uris: fc.array(fc.constantFrom('http://a/b.tgz', 'http://a/b?x.zip'), { maxLength: 2 }),
      ipAddress: fc.record({ networkName: name }, { requiredKeys: [] }),
      container: fc.record(
        {
          type: fc.constantFrom('DOCKER', 'MESOS'),
          docker: fc.record(
            {
              image: name,
              network: fc.constantFrom('BRIDGE', 'HOST', 'USER'),
              portMappings: mappings,
              unknown: anyJson,
            },
            { requiredKeys: ['image'] },
          ),
          portMappings: mappings,
          volumes: fc.array(fc.record({ containerPath: name, hostPath: name }), { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
      constraints: fc.array(fc.tuple(name, fc.constantFrom('UNIQUE', 'LIKE')), { maxLength: 2 }),
      unknownToTheForm: anyJson,
    },
    { requiredKeys: ['id'] },
  )
  .map((app) => app as unknown as JsonObject);

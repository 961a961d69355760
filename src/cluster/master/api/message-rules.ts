import { list, message, optional, repeated, required } from './json-message.js';

/** Messages of mesos/v1/mesos.proto, as far as they are looked at here or by the agent. */
export const value = message({ value: required('string') });
const labels = message({ labels: list(message({ key: required('string'), value: optional('string') })) });
const range = message({ begin: required('uint'), end: required('uint') });
export const resource = message({
  name: required('string'),
  type: required({ oneOf: ['SCALAR', 'RANGES', 'SET'] }),
  scalar: optional(message({ value: required('number') })),
  ranges: optional(message({ range: list(range) })),
  set: optional(message({ item: list('string') })),
  role: optional('string'),
  allocation_info: optional(message({ role: optional('string') })),
  reservation: optional(message({ principal: optional('string'), labels: optional(labels) })),
  reservations: repeated(
    message({
      type: optional({ oneOf: ['STATIC', 'DYNAMIC'] }),
      role: optional('string'),
      principal: optional('string'),
      labels: optional(labels),
    }),
  ),
  disk: optional(
    message({
      persistence: optional(message({ id: required('string'), principal: optional('string') })),
      volume: optional(
        message({
          mode: required({ oneOf: ['RW', 'RO'] }),
          container_path: required('string'),
          host_path: optional('string'),
        }),
      ),
      source: optional('object'),
    }),
  ),
  revocable: optional('object'),
  shared: optional('object'),
  provider_id: optional(value),
});
export const killPolicy = message({ grace_period: optional(message({ nanoseconds: required('number') })) });
const commandInfo = message({
  shell: optional('bool'),
  value: optional('string'),
  arguments: repeated('string'),
  user: optional('string'),
  uris: repeated(
    message({
      value: required('string'),
      extract: optional('bool'),
      executable: optional('bool'),
      cache: optional('bool'),
      output_file: optional('string'),
    }),
  ),
  environment: optional(
    message({
      variables: list(
        message({
          name: required('string'),
          value: optional('string'),
          type: optional({ oneOf: ['VALUE', 'SECRET'] }),
        }),
      ),
    }),
  ),
});
const discoveryInfo = message({
  visibility: required({ oneOf: ['FRAMEWORK', 'CLUSTER', 'EXTERNAL'] }),
  name: optional('string'),
  environment: optional('string'),
  location: optional('string'),
  version: optional('string'),
  ports: optional(
    message({
      ports: list(
        message({
          number: required('uint'),
          name: optional('string'),
          protocol: optional('string'),
          visibility: optional({ oneOf: ['FRAMEWORK', 'CLUSTER', 'EXTERNAL'] }),
          labels: optional(labels),
        }),
      ),
    }),
  ),
  labels: optional(labels),
});
const executorInfo = message({
  type: optional({ oneOf: ['DEFAULT', 'CUSTOM'] }),
  executor_id: required(value),
  framework_id: optional(value),
  name: optional('string'),
  source: optional('string'),
  command: optional(commandInfo),
  container: optional('object'),
  resources: repeated(resource),
  labels: optional(labels),
  shutdown_grace_period: optional(message({ nanoseconds: required('number') })),
});
const taskInfo = message({
  name: required('string'),
  task_id: required(value),
  agent_id: required(value),
  resources: list(resource),
  executor: optional(executorInfo),
  command: optional(commandInfo),
  container: optional('object'),
  health_check: optional('object'),
  check: optional('object'),
  kill_policy: optional(killPolicy),
  labels: optional(labels),
  discovery: optional(discoveryInfo),
  data: optional('bytes'),
});
export const filters = message({ refuse_seconds: optional('number') });

/** `Offer.Operation`, those that are carried out here. */
export const operation = message({
  type: optional('string'),
  id: optional(value),
  launch: optional(message({ task_infos: list(taskInfo) })),
  launch_group: optional(
    message({ executor: required(executorInfo), task_group: required(message({ tasks: list(taskInfo) })) }),
  ),
  reserve: optional(message({ source: repeated(resource), resources: list(resource) })),
  unreserve: optional(message({ resources: list(resource) })),
  create: optional(message({ volumes: list(resource) })),
  destroy: optional(message({ volumes: list(resource) })),
});

export const frameworkInfo = message({
  user: required('string'),
  name: required('string'),
  id: optional(value),
  failover_timeout: optional('number'),
  checkpoint: optional('bool'),
  role: optional('string'),
  roles: repeated('string'),
  hostname: optional('string'),
  principal: optional('string'),
  webui_url: optional('string'),
  capabilities: repeated(message({ type: optional('string') })),
  labels: optional(labels),
});

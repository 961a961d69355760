/** What differs here from the RAML files, and why. A difference that is not here fails the test, and so does one that is no more. */

type Told = Readonly<Record<string, string>>;

const same = (names: readonly string[], why: string): Told => Object.fromEntries(names.map((name) => [name, why]));

const ofRule = 'a rule says it, and says more than that something is too short or does not match';
const withDefault = 'it has a default (in RAML, too, or in the code), so it may be left out';
const shared = 'no size is less than nothing';

/** Request schemas of ours, by RAML's type. */
export const schemaDifferences: Readonly<Record<string, Told>> = {
  'app.App': {
    ...same(
      [
        'id: minLength none, not 1',
        'id: no pattern',
        'dependencies[]: minLength none, not 1',
        'dependencies[]: no pattern',
      ],
      ofRule,
    ),
    ...same(['constraints[]: minItems none, not 2', 'constraints[]: maxItems none, not 3'], ofRule),
    ...same(
      [
        'container.volumes[].persistent.constraints[]: minItems none, not 2',
        'container.volumes[].persistent.constraints[]: maxItems none, not 3',
      ],
      ofRule,
    ),
    'check.exec.command: required false, not true': ofRule,
    'container.docker.credential.principal: required false, not true':
      'a rule says that there must be no credential at all',
    ...same(
      [
        'container.docker.portMappings[].containerPort: required false, not true',
        'container.portMappings[].containerPort: required false, not true',
        'container.linuxInfo.seccomp.unconfined: required false, not true',
        'container.type: required false, not true',
      ],
      withDefault,
    ),
    ...same(
      [
        'upgradeStrategy.maximumOverCapacity: required false, not true',
        'upgradeStrategy.minimumHealthCapacity: required false, not true',
      ],
      'one of the two is enough: the other has its default, as in 0.7 to 0.15',
    ),
    ...same(
      [
        'container.docker.portMappings[].networkNames[]: another pattern',
        'container.portMappings[].networkNames[]: another pattern',
      ],
      'it names a network, and names of networks may have underscores; RAML has the pattern of other names here',
    ),
    ...same(
      ['ipAddress.networkName: its own pattern', 'ipAddress.networkName: maxLength 63, not none'],
      'it becomes the name of one of the networks, for which RAML has this pattern and length',
    ),
    'container.linuxInfo.ipcInfo.shmSize: minimum 0, not none': shared,
    'healthChecks[].timeoutSeconds: minimum 0, not none': 'no time is less than none',
    'cpus: minimum 0, not 0.001': "Marathon's own tests have 0.0001 (marathon.md §20.13)",
    'container.volumes[].external.options: members are not listed':
      'options of any provider are kept as a map; which there must be is for a rule to say',
    '-residency': 'accepted and not looked at (marathon.md §3.1)',
    '-versionInfo': 'accepted and not looked at: only answers have it',
    '+storeUrls': 'of 0.7 to 0.15, kept as input',
  },
  'pod.Pod': {
    ...same(['id: minLength none, not 1', 'id: no pattern'], ofRule),
    ...same(
      [
        'volumes[].persistent.constraints[]: minItems none, not 2',
        'volumes[].persistent.constraints[]: maxItems none, not 3',
      ],
      ofRule,
    ),
    ...same(
      [
        'containers[].endpoints[].networkNames[]: minLength none, not 1',
        'containers[].endpoints[].networkNames[]: maxLength none, not 63',
        'containers[].endpoints[].networkNames[]: no pattern',
      ],
      "a rule says that it must be one of the pod's networks",
    ),
    ...same(
      [
        'containers[].endpoints[].protocol[]: maxLength none, not 63',
        'containers[].endpoints[].protocol[]: no pattern',
      ],
      "Marathon's own pods say HTTP, in capital letters",
    ),
    ...same(
      ['environment: another pattern of names', 'containers[].environment: another pattern of names'],
      'the same names: for the whole of a name it is all one whether its repetition is lazy',
    ),
    ...same(
      [
        'containers[].resources: required false, not true',
        'containers[].resources.cpus: required false, not true',
        'containers[].resources.mem: required false, not true',
        'containers[].linuxInfo.seccomp.unconfined: required false, not true',
        'linuxInfo.seccomp.unconfined: required false, not true',
        'scaling.instances: required false, not true',
      ],
      withDefault,
    ),
    ...same(
      ['containers[].linuxInfo.ipcInfo.shmSize: minimum 0, not none', 'linuxInfo.ipcInfo.shmSize: minimum 0, not none'],
      shared,
    ),
    ...same(['user: minLength 1, not none', 'volumes[].host: minLength 1, not none'], 'the code refuses an empty one'),
    ...same(
      ['volumes[].name: its own pattern', 'volumes[].name: maxLength 63, not none'],
      'RAML has it for ephemeral and host volumes, and for what mounts any volume by its name',
    ),
    '+scaling.maxInstances': "in Marathon's examples and code (marathon.md §7)",
  },
  'group.GroupUpdate': {
    ...same(
      [
        'id: minLength none, not 1',
        'id: no pattern',
        'dependencies[]: minLength none, not 1',
        'dependencies[]: no pattern',
      ],
      ofRule,
    ),
    'apps: uniqueItems false, not true': 'an app that is listed twice is refused, not taken once',
    'groups: uniqueItems false, not true': 'what a group that is listed twice holds is taken together',
  },
};

/** Operations that are answered with a status that RAML does not tell. */
export const statusDifferences: Readonly<Record<string, { readonly status: number; readonly why: string }>> = {
  'POST /v2/groups': { status: 201, why: 'the code answers a creation with 201 (marathon.md §2.2)' },
  'POST /v2/groups/{group_id}': { status: 201, why: 'the code answers a creation with 201 (marathon.md §2.2)' },
  'PATCH /v2/groups': {
    status: 422,
    why: 'the root group has no role to enforce: top-level groups have (marathon.md §6.4)',
  },
  'DELETE /v2/queue/{app_id}/delay': { status: 204, why: 'the code answers with 204 (marathon.md §2.5)' },
};

const ofCode = 'in the code of 1.11 (marathon.md §2.6)';

/** Answers, by operation or by what is asked for. */
export const answerDifferences: Readonly<Record<string, Told>> = {
  'GET /v2/info': same(
    [
      '/marathon_config/accepted_resource_roles_default_behavior is unknown',
      '/marathon_config/maintenance_mode is unknown',
      '/marathon_config/new_group_enforce_role is unknown',
    ],
    ofCode,
  ),
  'an app with all that can be embedded': {
    '/taskStats is unknown':
      'the name in the documentation and in 0.15; RAML, and with it the code, has `tasksStats` (marathon.md §20.6)',
  },
  'what is not valid': { '/details(0)/path is unknown': 'the code says where the error is (marathon.md §1.3)' },
  'what is not JSON': {
    '/details is a string, no array': 'malformed JSON is explained by a text in place of a list (marathon.md §1.3)',
  },
};

/** Types that nothing here was held against. */
export const neverMet: Told = {
  ...same(['app.AppResidency', 'stringTypes.TaskLostBehavior'], 'of `residency`, which is not looked at'),
  ...same(
    ['check.CheckStatus', 'check.CommandCheckStatus', 'check.HttpCheckStatus', 'check.TCPCheckStatus'],
    'no agent checks the tasks here: there are no results of checks',
  ),
  ...same(
    ['readinessCheck.TaskReadinessCheckResult', 'readinessCheck.ReadinessCheckHttpResponse'],
    'no readiness check is answered here: there are no results of them',
  ),
  ...same(
    ['localVolumes.LocalVolumeId', 'stringTypes.PersistenceId', 'volumes.CSICapability'],
    'volumes are kept and not placed yet: nothing has one',
  ),
  ...same(
    [
      'deprecatedMetrics.DeprecatedCounter',
      'deprecatedMetrics.DeprecatedGeneralMeasurement',
      'deprecatedMetrics.DeprecatedHistogram',
      'deprecatedMetrics.DeprecatedMetrics',
      'deprecatedMetrics.DeprecatedTimeMeasurement',
      'deprecatedMetrics.DeprecatedUnitOfMeasurement',
    ],
    '`/metrics` has one of two forms, and here it is the other, that of 1.11',
  ),
  ...same(
    ['task.Status', 'task.NetworkInfo', 'task.NetworkInfoIPAddress'],
    'no other type has them as a member: they are in no answer',
  ),
  'task.TaskStatusCondition': 'of the query parameter `status`, whose two words are tried',
  'runtimeConfiguration.RuntimeConfiguration': 'by its own words not available in the API',
};

const noEffect = 'it has no effect here (raml/parameters.ts tells why), so it is not described';

/** Operations and query parameters of RAML that our OpenAPI document does not have. */
export const notInDocument: Told = {
  'HEAD /v2/pods': 'whatever answers GET answers HEAD',
  'GET /v2/tasks?status[]': 'another way to write `status`, which is described',
  ...same(
    [
      'GET /v2/apps/{app_id}/tasks?containerNetworks',
      'GET /v2/tasks?containerNetworks',
      'PATCH /v2/groups?force',
      'PATCH /v2/groups/{group_id}?force',
    ],
    noEffect,
  ),
};

/** Schemas of answers in our OpenAPI document, by its names. */
export const documentDifferences: Readonly<Record<string, Told>> = {
  Error: { '-details': 'described where there are such: in the answers to what is not valid and to what is not JSON' },
  Info: {
    ...same(
      [
        'marathon_config: members are not listed',
        'zookeeper_config: members are not listed',
        'http_config: members are not listed',
      ],
      'they are the options of the command line, which are listed elsewhere',
    ),
    '+event_subscriber': 'of 0.7 to 0.15, shown with `--event_subscriber` only',
  },
  LoggerChange: { 'level: another enum': '`all` and `off` are levels, too' },
  Offer: same(['-attributes[].set', '-resources[].set'], 'sets are not kept of an offer: nothing is placed by them'),
  PodInstance: {
    'agentInfo.attributes[]: type undefined, not object': 'attributes of agents are not kept: the list is empty',
    'state.condition: no enum': 'described as a text',
    'state.goal: no enum': 'described as a text',
    'unreachableStrategy: required false, not true': 'it is always there; the document promises less',
  },
  PodInstanceStatus: {
    '-conditions': 'optional: the containers have them, the instance has none of its own, as in Marathon',
    ...same(
      ['containers[].resources.gpus: type number, not integer', 'resources.gpus: type number, not integer'],
      'every resource is described as a number; those of gpus are whole',
    ),
  },
  QueueEntry: same(
    [
      'lastUnusedOffers[].reason[]: its own enum',
      'processedOffersSummary.rejectSummaryLastOffers[].reason: its own enum',
      'processedOffersSummary.rejectSummaryLaunchAttempt[].reason: its own enum',
    ],
    'the reasons that the code knows (marathon.md §2.5)',
  ),
  Task: {
    'state: no enum': 'described as a text',
  },
};

/** Files that say nothing about requests and answers. */
export const nothingToCompare: Told = {
  'v2/types/pragma.raml': 'it declares the annotations of the other files, by which code is generated',
};

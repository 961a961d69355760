/** What is said about a member of a schema: annotations of JSON Schema. */
type Note = Readonly<{ description: string; default?: unknown; examples?: readonly unknown[]; deprecated?: true }>;
type Notes = Readonly<Record<string, Note>>;

const note = (description: string, byDefault?: unknown): Note =>
  byDefault === undefined ? { description } : { description, default: byDefault };
/** A form of old times, which is converted to another. */
const old = (description: string): Note => ({ description, deprecated: true });

const app: Notes = {
  id: {
    description:
      'Path of the app. Each segment is made of lower-case letters, digits and dashes, and may hold dots; the last one is none of restart, ' +
      'tasks, versions.',
    examples: ['/shop/web'],
  },
  acceptedResourceRoles: note("Roles whose resources may be used: '*' (unreserved) and the app's own role."),
  args: note('Arguments, run without a shell. Either these or cmd; neither is needed with a container image.', []),
  backoffFactor: note('By how much the delay before the next launch grows with every failure.', 1.15),
  backoffSeconds: note('Delay before the next launch after the first failure, in seconds.', 1),
  cmd: {
    description: 'Command line, run by /bin/sh -c. Either this or args.',
    examples: ['python3 -m http.server $PORT0'],
  },
  constraints: {
    description:
      'Where instances may run: [field, operator] or [field, operator, value]. Operators: UNIQUE, CLUSTER, GROUP_BY, LIKE, UNLIKE, MAX_PER, ' +
      'IS. Values of LIKE and UNLIKE are regular expressions (RE2) for the whole text.',
    default: [],
    examples: [[['hostname', 'UNIQUE']]],
  },
  container: note('The container that the app runs in; none: a plain process.'),
  cpus: note('CPU shares of each instance.', 1),
  dependencies: note('Apps, pods and groups that are started before this one; relative to the enclosing group.', []),
  disk: note('Disk of each instance, in MiB.', 0),
  env: note('Environment variables: texts, or {"secret": name}.', {}),
  executor: note('How tasks are run: empty or //cmd for a command, otherwise the path of an executor.', ''),
  executorResources: note('What a custom executor takes besides.'),
  fetch: note('Files that are fetched into the sandbox before the start.', []),
  healthChecks: note('How instances are found healthy or not. At most one of them may be done by Mesos.', []),
  check: note("A check by the agent, whose result is shown as the task's checkResult."),
  instances: note('How many instances should run.', 1),
  labels: note('Labels; discovery and load balancers read them.', {}),
  maxLaunchDelaySeconds: note('The longest delay before a launch, in seconds.', 300),
  mem: note('Memory of each instance, in MiB.', 128),
  gpus: note('GPUs of each instance. Needs --enable_features gpu_resources.', 0),
  ipAddress: old('Networking before 1.5; converted to networks and portMappings.'),
  networks: note('The networks that instances are in; none: that of the host.', [{ mode: 'host' }]),
  ports: old('Ports before 1.5; converted to portDefinitions.'),
  portDefinitions: note('Ports of the host (host networking only).', [{ port: 0, protocol: 'tcp', name: 'default' }]),
  readinessChecks: note('What a new instance must answer before a deployment goes on; at most one.', []),
  resourceLimits: note(
    'The most that an instance may use, where that is more than what it asks for; unlimited is possible.',
  ),
  requirePorts: note("Whether the ports of portDefinitions are the host's own and must be free.", false),
  secrets: note('Secrets by name, for env and volumes. Needs --enable_features secrets.', {}),
  storeUrls: old('URLs that are copied into the artifact store and fetched from there (--artifact_store).'),
  taskKillGracePeriodSeconds: note('How long a task may take to end by itself, in seconds; none: as the agent says.'),
  upgradeStrategy: note('How many instances may be missing, and how many may be too many, during a deployment.'),
  uris: old('URIs to fetch before 0.15; converted to fetch.'),
  user: note('The user that tasks run as; none: that of the scheduler (--mesos_user).'),
  version: note('On PUT, alone or with the id: the version to return to. Otherwise not read.'),
  killSelection: note('Which instances end first when there are too many.', 'YOUNGEST_FIRST'),
  unreachableStrategy: note(
    'What is done about instances whose agent is lost: after how many seconds they are replaced and forgotten; or disabled.',
    { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  ),
  tty: note('Whether tasks get a pseudo-terminal.'),
  role: note('The Mesos role of the app; none: that of its group or --mesos_role.'),
};

/** What is said about the members of each schema that has a name. */
export const notes: Readonly<Record<string, Notes>> = {
  App: app,
  AppUpdate: { ...app, id: note('Path of the app; the same as that of the URL, or, in a list, which app is meant.') },
  AppInfo: app,
  Network: {
    name: note('Name of the network (mode container).'),
    mode: note('Which kind of networking.', 'container'),
    labels: note('Passed on to the network.', {}),
  },
  PortDefinition: {
    port: note('Port of the host with requirePorts, else the service port; 0: any free one.', 0),
    labels: note('Labels of the port.', {}),
    name: note('Name of the port, for health checks and discovery.'),
    protocol: note('Protocols.', 'tcp'),
  },
  PortMapping: {
    containerPort: note('Port in the container; 0: the same as that of the host.', 0),
    hostPort: note('Port of the host; 0: any free one; none: not reachable from the host.'),
    labels: note('Labels of the port.', {}),
    name: note('Name of the port, for health checks and discovery.'),
    protocol: note('Protocols.', 'tcp'),
    servicePort: note('Port by which load balancers know it; 0: any free one.', 0),
    networkNames: note('Of several container networks, the one that is meant.'),
  },
  Volume: {
    containerPath: note('Where it is seen in the container.'),
    hostPath: note('Path on the agent.'),
    mode: note('Read only, or read and write.', 'RW'),
    secret: note('Name of the secret that it shows.'),
    persistent: note('A volume of the agent that outlives the task; sizes in MiB.'),
    external: note('A volume of a storage system, by its provider.'),
  },
  Docker: {
    image: note('Name of the image.'),
    privileged: note('Run with all rights.', false),
    parameters: note('Further options of docker run.', []),
    forcePullImage: note('Pull the image even if the agent has it.', false),
    pullConfig: note('Secret with the credentials for the registry (MESOS containers only).'),
    credential: old('Credentials for the registry; not supported.'),
    network: old('Networking before 1.5; converted to networks.'),
    portMappings: old('Port mappings before 1.5; converted to those of the container.'),
  },
  Container: {
    type: note('Who runs the container.', 'DOCKER'),
    docker: note('The image, and how it is run.'),
    linuxInfo: note('Settings of the Linux kernel.'),
    volumes: note('Volumes.', []),
    portMappings: note('Ports in the container (container and bridge networking).'),
  },
  Fetch: {
    uri: note('What to fetch.'),
    extract: note('Unpack archives.', true),
    executable: note('Make the file executable.', false),
    cache: note("Keep the file in the agent's cache.", false),
    destPath: note('Path below the sandbox.'),
  },
  HealthCheck: {
    command: note('Run in the sandbox; its exit status counts (protocol COMMAND).'),
    gracePeriodSeconds: note('Failures count only after this time from the start, in seconds.', 300),
    ignoreHttp1xx: note('HTTP answers 100 to 199 say nothing.', false),
    intervalSeconds: note('Time between checks, in seconds.', 60),
    maxConsecutiveFailures: note('After this many failures the instance is ended; 0: never.', 3),
    path: note('Path of the request.', '/'),
    port: note('Number of the port.'),
    portIndex: note("Place of the port in the app's list of ports.", 0),
    protocol: note('How it is checked; MESOS_… and COMMAND by the agent, the others by the scheduler.', 'HTTP'),
    ipProtocol: note('Version of IP.', 'IPv4'),
    timeoutSeconds: note('How long an answer may take, in seconds.', 20),
    delaySeconds: note('Time before the first check, in seconds.', 15),
  },
  Check: {
    http: note('A request over HTTP.'),
    tcp: note('A connection over TCP.'),
    exec: note('A command in the sandbox.'),
    intervalSeconds: note('Time between checks, in seconds.', 60),
    timeoutSeconds: note('How long a check may take, in seconds.', 20),
    delaySeconds: note('Time before the first check, in seconds.', 15),
  },
  ReadinessCheck: {
    name: note('Name of the check.', 'readinessCheck'),
    protocol: note('Protocol.', 'HTTP'),
    path: note('Path of the request.', '/'),
    portName: note('Name of the port.', 'http-api'),
    intervalSeconds: note('Time between checks, in seconds.', 30),
    timeoutSeconds: note('How long an answer may take, in seconds.', 10),
    httpStatusCodesForReady: note('Answers that mean: ready.', [200]),
    preserveLastResponse: note('Show the last answer in /v2/deployments.', false),
  },
  UpgradeStrategy: {
    maximumOverCapacity: note('Part of the instances that may run on top.', 1),
    minimumHealthCapacity: note('Part of the instances that must stay healthy.', 1),
  },
  GroupUpdate: {
    id: note('Path of the group; the same as that of the URL, if any. Relative to the enclosing group.'),
    apps: note('All apps that lie directly in the group: those that are not listed are deleted. None: they stay.'),
    groups: note(
      'All groups that lie directly in the group: those not listed are deleted with everything in them. None: they stay.',
    ),
    dependencies: note('Apps, pods and groups that are started before whatever is in this group.'),
    enforceRole: note("Whether everything in this top-level group has the group's name as its role."),
    scaleBy: note('On PUT, alone: the number of instances of every app below is multiplied by this, and rounded up.'),
    version: note('On PUT, alone: the version to return to.'),
  },
  Pod: {
    id: { description: 'Path of the pod.', examples: ['/shop/web'] },
    labels: note('Labels.', {}),
    version: note('Not read.'),
    user: note('The user that the containers run as.'),
    environment: note('Environment variables of every container.', {}),
    containers: note('The containers; together they are one instance.'),
    secrets: note('Secrets by name. Needs --enable_features secrets.', {}),
    volumes: note('Volumes, for the volumeMounts of containers.', []),
    networks: note('The networks that instances are in; none: that of the host.', [{ mode: 'host' }]),
    scaling: note('How many instances should run.', { kind: 'fixed', instances: 1 }),
    scheduling: note('Delays, upgrades and placement.'),
    executorResources: note('What the executor takes besides.', { cpus: 0.1, mem: 32, disk: 10 }),
    role: note('The Mesos role; none: that of its group or --mesos_role.'),
    linuxInfo: note('Settings of the Linux kernel.'),
    legacySharedCgroups: note('Whether containers share the cgroups of the executor.'),
  },
};

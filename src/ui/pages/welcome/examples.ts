/** An app or a group to begin with, as it is sent to Marathon's API. */
export interface Example {
  /** In addresses: `#/newapp?example=web`. */
  readonly name: string;
  readonly title: string;
  /** What it shows. */
  readonly text: string;
  /** `group`: it is sent to /v2/groups, and the form for applications cannot show it. */
  readonly kind: 'app' | 'group';
  /** Its agent must have Docker: it may have to be installed first. */
  readonly needsDocker: boolean;
  /** The host name that HAProxy serves it under, where it asks for one. */
  readonly host?: string;
  readonly definition: ExampleDefinition;
}

/** JSON of the API. */
export type ExampleDefinition = { readonly id: string } & Readonly<Record<string, unknown>>;

/** What the welcome page offers; those first that run on any machine, with nothing but a shell and Python. */
export const examples: readonly Example[] = [
  {
    name: 'hello',
    title: 'A shell loop',
    text: 'The least there can be: a command. It writes a line every five seconds; read them in the sandbox of its instance. Scale it, kill one instance and see another one come.',
    kind: 'app',
    needsDocker: false,
    definition: {
      id: '/hello',
      cmd: 'while true; do echo "$(date) hello from $MESOS_TASK_ID"; sleep 5; done',
      cpus: 0.1,
      mem: 16,
      instances: 1,
    },
  },
  {
    name: 'web',
    title: 'A web server with a name',
    text: 'Two instances, each on a port of its own that the agent gives it ($PORT0). A health check asks each of them every five seconds, the name server answers for them, and the label makes HAProxy serve them under a host name.',
    kind: 'app',
    needsDocker: false,
    host: 'web.example.local',
    definition: {
      id: '/web',
      cmd: 'exec python3 -m http.server "$PORT0"',
      cpus: 0.1,
      mem: 32,
      instances: 2,
      portDefinitions: [{ port: 0, protocol: 'tcp', name: 'http' }],
      healthChecks: [
        {
          protocol: 'HTTP',
          path: '/',
          portIndex: 0,
          gracePeriodSeconds: 30,
          intervalSeconds: 5,
          timeoutSeconds: 5,
          maxConsecutiveFailures: 3,
        },
      ],
      labels: { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: 'web.example.local' },
    },
  },
  {
    name: 'shop',
    title: 'A group with a dependency',
    text: 'Two groups, of which the service depends on the database: that is started first, and stopped last. Scale the whole group at once, or destroy it as one.',
    kind: 'group',
    needsDocker: false,
    definition: {
      id: '/shop',
      groups: [
        {
          id: 'database',
          apps: [
            {
              id: 'store',
              cmd: 'exec python3 -m http.server "$PORT0"',
              cpus: 0.1,
              mem: 32,
              instances: 1,
              portDefinitions: [{ port: 0, protocol: 'tcp', name: 'db' }],
              healthChecks: [{ protocol: 'TCP', portIndex: 0, gracePeriodSeconds: 30, intervalSeconds: 5 }],
            },
          ],
        },
        {
          id: 'service',
          dependencies: ['../database'],
          apps: [
            {
              id: 'front',
              cmd: 'while true; do echo "one more order"; sleep 10; done',
              cpus: 0.1,
              mem: 16,
              instances: 2,
              upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 },
            },
          ],
        },
      ],
    },
  },
  {
    name: 'one-per-host',
    title: 'At most one on each host',
    text: 'A constraint. With two instances and a single host the second one waits: the list says so, and its page says which rule kept it off which agent.',
    kind: 'app',
    needsDocker: false,
    definition: {
      id: '/one-per-host',
      cmd: 'exec sleep 86400',
      cpus: 0.1,
      mem: 16,
      instances: 2,
      constraints: [['hostname', 'UNIQUE']],
    },
  },
  {
    name: 'docker',
    title: 'A Docker container behind a bridge',
    text: 'The server listens on port 8080 of its container; the agent leads a port of its own there. The image is pulled where it is missing, which takes a while the first time.',
    kind: 'app',
    needsDocker: true,
    definition: {
      id: '/docker-web',
      cmd: 'python3 -m http.server 8080',
      cpus: 0.2,
      mem: 64,
      instances: 1,
      container: {
        type: 'DOCKER',
        docker: { image: 'python:3-alpine' },
        portMappings: [{ containerPort: 8080, hostPort: 0, protocol: 'tcp', name: 'http' }],
      },
      networks: [{ mode: 'container/bridge' }],
      healthChecks: [{ protocol: 'HTTP', path: '/', portIndex: 0, gracePeriodSeconds: 60, intervalSeconds: 5 }],
    },
  },
];

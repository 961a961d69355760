/** Prometheus at d15adb9ad7, discovery/marathon/marathon.go. */
import { goBool, goInt, goMap, goSlice, goString, goStruct, goUint32, unmarshal } from '../go-json.js';
import type { Decoded } from '../go-json.js';
import type { WireAnswer } from '../wire.js';

/** `AppList`: every port is a uint32, so that one that is not fails the whole refresh. */
const appList = goStruct({
  apps: goSlice(
    goStruct({
      id: goString,
      tasks: goSlice(
        goStruct({
          id: goString,
          host: goString,
          ports: goSlice(goUint32),
          ipAddresses: goSlice(goStruct({ ipAddress: goString, protocol: goString })),
        }),
      ),
      tasksRunning: goInt,
      labels: goMap(goString),
      container: goStruct({
        docker: goStruct({
          image: goString,
          portMappings: goSlice(
            goStruct({ labels: goMap(goString), containerPort: goUint32, hostPort: goUint32, servicePort: goUint32 }),
          ),
        }),
        portMappings: goSlice(
          goStruct({ labels: goMap(goString), containerPort: goUint32, hostPort: goUint32, servicePort: goUint32 }),
        ),
      }),
      portDefinitions: goSlice(goStruct({ labels: goMap(goString), port: goUint32 })),
      networks: goSlice(goStruct({ name: goString, mode: goString })),
      requirePorts: goBool,
    }),
  ),
});
type App = Decoded<typeof appList>['apps'][number];

/** `fetchApps`: any 2xx is good; then the document as a whole. */
export function readApps(answer: WireAnswer): readonly App[] {
  if (Math.floor(answer.status / 100) !== 2)
    throw new Error(`non 2xx status '${answer.status}' response during marathon service discovery`);
  return unmarshal(appList, answer.text).apps;
}

/** A target and its labels, as far as tests look at them. */
export interface Target {
  readonly address: string;
  readonly app: string;
  readonly task: string;
  readonly portIndex: number;
}

/** How many ports the tasks of an app have, and whether they are the host's: `targetsForApp` with `targetEndpoint`. */
export function targetsOf(app: App): readonly Target[] {
  const { container, networks, portDefinitions, requirePorts, id } = app;
  const isContainerNet = networks[0]?.mode === 'container';
  const mappings = container.portMappings.length > 0 ? container.portMappings : container.docker.portMappings;
  const fixed = mappings.length > 0 ? mappings.map(({ containerPort }) => containerPort) : [];
  return app.tasks.flatMap((task) => {
    const ports =
      isContainerNet || task.ports.length === 0
        ? fixed
        : requirePorts && portDefinitions.length > 0
          ? portDefinitions.map(({ port }) => port)
          : task.ports;
    const host = isContainerNet ? (task.ipAddresses[0]?.ipAddress ?? task.host) : task.host;
    return ports.map((port, portIndex) => ({ address: `${host}:${port}`, app: id, task: task.id, portIndex }));
  });
}

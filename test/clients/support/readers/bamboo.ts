/** Bamboo at 5ffa22e: services/marathon/marathon.go and main/bamboo/bamboo.go. */
import { goBool, goInt, goMap, goSlice, goString, goStruct, unmarshal } from '../go-json.js';
import type { WireAnswer } from '../wire.js';

/** marathon.go:202: the prefix of its embeds is `app.`, although it asks for a list. */
export const appsPath = '/v2/apps?embed=app.tasks&embed=app.deployments&embed=app.readiness';

/** marathon.go, `marathonApp`; the fields of its tasks have no names in JSON: they are found in any case. */
const marathonApps = goStruct({
  apps: goSlice(
    goStruct({
      id: goString,
      healthChecks: goSlice(goStruct({ path: goString, protocol: goString, portIndex: goInt })),
      ports: goSlice(goInt),
      env: goMap(goString),
      labels: goMap(goString),
      deployments: goSlice(goStruct({ id: goString })),
      tasks: goSlice(
        goStruct({
          AppId: goString,
          Id: goString,
          Host: goString,
          Ports: goSlice(goInt),
          ServicePorts: goSlice(goInt),
          State: goString,
          StartedAt: goString,
          StagedAt: goString,
          Version: goString,
          IpAddresses: goSlice(goStruct({ ipAddress: goString, protocol: goString })),
          HealthCheckResults: goSlice(goStruct({ Alive: goBool })),
        }),
      ),
      readinessChecks: goSlice(goStruct({ path: goString, timeoutSeconds: goInt })),
      readinessCheckResults: goSlice(goStruct({ taskId: goString, ready: goBool })),
    }),
  ),
});

export interface BambooApp {
  readonly id: string;
  /** Of the app's own `ports`, which Marathon has not shown since 1.5. */
  readonly servicePorts: readonly number[];
  readonly tasks: readonly {
    readonly host: string;
    readonly port: number;
    readonly alive: boolean;
    readonly ready: boolean;
  }[];
}

/** marathon.go, `createApps`, `calculateTaskHealth` and `readinessCalculator.calculate`. */
export function appsOf(answer: WireAnswer): readonly BambooApp[] {
  return unmarshal(marathonApps, answer.text).apps.map((app) => ({
    id: app.id,
    servicePorts: app.ports,
    tasks: app.tasks
      .filter(({ Host, Ports }) => Host !== '' && (Ports[0] ?? 0) !== 0)
      .map(({ Id, Host, Ports, State, HealthCheckResults }) => ({
        host: Host,
        port: Ports[0] ?? 0,
        alive: app.healthChecks.length <= HealthCheckResults.length && HealthCheckResults.every(({ Alive }) => Alive),
        ready:
          State === 'TASK_RUNNING' &&
          (app.deployments.length === 0 ||
            app.readinessChecks.length === 0 ||
            app.readinessCheckResults.some(({ taskId, ready }) => taskId === Id && ready)),
      })),
  }));
}

/** bamboo.go:261: blank lines, `event: ` and `data: `; any other line is complained about. */
export function readStream(text: string): {
  readonly payloads: readonly string[];
  readonly complaints: readonly string[];
} {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('event: '));
  return {
    payloads: lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length)),
    complaints: lines.filter((line) => !line.startsWith('data: ')),
  };
}

/** api/event_subscription.go, `Notify`: the type and time of what is posted to it. */
export function eventOf(payload: string): { readonly eventType: string; readonly timestamp: string } {
  return unmarshal(goStruct({ eventType: goString, timestamp: goString }), payload);
}

/** bamboo.go, `registerMarathonEvent`: an answer that begins so means that there are no callbacks. */
export function callbacksRefused({ text }: WireAnswer): boolean {
  return text.startsWith('{"message');
}

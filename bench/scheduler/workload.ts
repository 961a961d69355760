import type { AppUpdate } from '../../src/scheduler/core/normalize/app-update.js';

/** What each simulated agent has: more than the benchmarks launch. */
export const agentResources = 'cpus:64;mem:262144;disk:1000000;ports:[31000-32000]';

/** What `ekiden up` uses with its embedded cluster, all else by default. */
export const usual: readonly string[] = ['--min_revive_offers_interval=500'];

/** As who launches much at a time may set it. */
export const generous: readonly string[] = [
  ...usual,
  '--launch_tokens=20000',
  '--max_instances_per_offer=100',
  '--max_running_deployments=10000',
];

/** A web service with one port, as teams have them. Nothing takes its place while its agent is away. */
export function serviceOf(id: string, instances: number, changes: AppUpdate = {}): AppUpdate {
  return {
    id,
    cmd: 'exec java -Xmx48m -jar service.jar --port $PORT0 --profile production',
    cpus: 0.1,
    mem: 64,
    instances,
    env: { SERVICE_NAME: id, LOG_LEVEL: 'info', DATABASE_URL: 'postgres://db.service.consul:5432/main' },
    labels: { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: 'service.example.com', owner: 'team-web' },
    portDefinitions: [{ port: 0, protocol: 'tcp', name: 'http' }],
    unreachableStrategy: { inactiveAfterSeconds: 100_000, expungeAfterSeconds: 200_000 },
    ...changes,
  };
}

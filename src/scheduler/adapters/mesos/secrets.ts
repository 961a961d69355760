import type { EnvironmentVariable, Secret } from '../../../mesos/types.js';

/** A secret that is somewhere (`source`), by which its value is found at the agent. */
export function secretOf(source: string): Secret {
  return { type: 'REFERENCE', reference: { name: source } };
}

/** Variables that get the values of secrets: their places by the names of the variables. */
export function secretVariablesOf(secretEnv: Readonly<Record<string, string>>): EnvironmentVariable[] {
  return Object.entries(secretEnv).map(([name, source]) => ({ name, type: 'SECRET', secret: secretOf(source) }));
}

/** Files that hold secrets, as Mesos takes them (`mesos.v1.Volume`). */
export function secretVolumeOf({
  containerPath,
  secret,
}: {
  readonly containerPath: string;
  readonly secret: string;
}): object {
  return { container_path: containerPath, mode: 'RO', source: { type: 'SECRET', secret: secretOf(secret) } };
}

import type { EnvironmentVariable } from '../../../mesos/types.js';
import { LaunchError } from '../launch-error.js';
import type { SecretInfo } from './container-info.js';

/** What a secret says. This agent has no store of secrets: only those that bring their value are known. Throws LaunchError. */
export function secretBytes(secret: SecretInfo): Buffer {
  if (secret.value !== undefined) return Buffer.from(secret.value.data, 'base64');
  throw new LaunchError(
    `the secret '${secret.reference?.name ?? ''}' is only referred to: this agent has no store of secrets to look it up in`,
  );
}

/** The value of a variable, which may be a secret. Throws LaunchError. */
export function variableValue(variable: EnvironmentVariable & { readonly secret?: SecretInfo }): string {
  if (variable.type !== 'SECRET') return variable.value ?? '';
  return secretBytes(variable.secret ?? {}).toString('utf8');
}

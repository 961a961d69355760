import type { TaskInfo } from '../../../mesos/types.js';
import type { ResourceLimits } from '../../model/app-definition.js';

type Limits = NonNullable<TaskInfo['limits']>;

/** `unlimited` is infinity, which JSON has no number for: protobuf writes it as a word. */
function limitOf(name: string, limit: ResourceLimits[keyof ResourceLimits]): Limits {
  return limit === undefined ? {} : { [name]: { value: limit === 'unlimited' ? 'Infinity' : limit } };
}

/** Limits as Mesos takes them (since 1.10), as the member of a message; nothing when there are none. */
export function limitsOf({ cpus, memMib }: ResourceLimits = {}): Pick<TaskInfo, 'limits'> {
  const limits = { ...limitOf('cpus', cpus), ...limitOf('mem', memMib) };
  return Object.keys(limits).length === 0 ? {} : { limits };
}

import type { TaskInfo } from '../../mesos/types.js';
import { parseResources, scalarMilli } from '../resources.js';

/** What a task takes of a resource, and how much of it it may use: as much unless its limit says otherwise, `Infinity` for any amount. */
export interface Allowance {
  readonly requested: number;
  readonly limit: number;
}

/** The allowance of cpus, or of memory in MiB. A limit below what is requested counts for nothing. */
export function allowanceOf(
  { resources, limits }: Pick<TaskInfo, 'resources' | 'limits'>,
  name: 'cpus' | 'mem',
): Allowance {
  const requested = scalarMilli(parseResources(resources), name) / 1000;
  const limit = Number(limits?.[name]?.value ?? requested);
  return { requested, limit: limit >= requested ? limit : requested };
}

import type { AppDefinition } from '../../model/app-definition.js';
import type { PodDefinition } from '../../model/pod-definition.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { executorPathOf } from '../launch/custom-executor.js';
import type { Constraint } from './constraints.js';
import { hostPortNeedOf } from './ports.js';
import type { HostPortNeed } from './ports.js';
import { constraintsOf } from './spread.js';

/** Amounts of resources that can be added up. */
export interface Amounts {
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
  readonly gpus: number;
}

/** What one instance of an app or pod asks of an offer, whatever kind it is of. */
export interface Ask {
  /** How many instances there are to be. */
  readonly instances: number;
  readonly constraints: readonly Constraint[];
  /** All that one instance takes. */
  readonly total: Amounts;
  /** The same by who takes it: an app's task and then its custom executor; a pod's executor and then each of its containers, in their order. */
  readonly shares: readonly [Amounts, ...Amounts[]];
  readonly hostPorts: HostPortNeed;
}

/** Mesos counts in thousandths; sums of decimals would miss by a hair. */
function sumOf(shares: readonly Amounts[]): Amounts {
  const sum = (amount: keyof Amounts): number =>
    shares.reduce((total, share) => total + Math.round(share[amount] * 1000), 0) / 1000;
  return { cpus: sum('cpus'), memMib: sum('memMib'), diskMib: sum('diskMib'), gpus: sum('gpus') };
}

function sharesOfApp(app: AppDefinition, defaultExecutor: string): Ask['shares'] {
  const { executorResources } = app;
  const hasExecutor = executorResources !== undefined && executorPathOf(app, defaultExecutor) !== undefined;
  return hasExecutor ? [app, { ...executorResources, gpus: 0 }] : [app];
}

function sharesOfPod(pod: PodDefinition): Ask['shares'] {
  const executor = { ...pod.executorResources, gpus: 0 };
  return [executor, ...pod.containers.map(({ resources }) => resources)];
}

const known = new WeakMap<RunSpec, Ask>();

/** What an instance of `runSpec` asks for; worked out once for each definition. `defaultExecutor`: `--executor`, always the same; of no concern for pods. */
export function askOf(runSpec: RunSpec, defaultExecutor = ''): Ask {
  const found = known.get(runSpec);
  if (found !== undefined) return found;
  const shares = isPod(runSpec) ? sharesOfPod(runSpec) : sharesOfApp(runSpec, defaultExecutor);
  const ask: Ask = {
    instances: runSpec.instances,
    constraints: constraintsOf(runSpec),
    total: sumOf(shares),
    shares,
    hostPorts: hostPortNeedOf(runSpec),
  };
  known.set(runSpec, ask);
  return ask;
}

import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogInstance } from '../../catalog/types.js';
import { messageOf } from '../../common/errors.js';
import { instancesOfDeployment } from '../labels/blue-green.js';
import type { BackendPlan } from './backend-plans.js';
import { fixedBackend } from './backends.js';
import type { CompileInput } from './compile-input.js';
import type { Backend, Leaving, ProxySettings, Report } from './routing-model.js';
import { compileServers, isUsable } from './servers.js';
import type { Member, ServiceServers } from './servers.js';
import type { Service } from './services.js';

type AddressOf = CompileInput['addressOf'];

/** A backend with its servers, and what else its instances say. */
export interface FilledBackend {
  readonly backend: Backend;
  /** The task behind each server, by the server's name. */
  readonly tasks: ReadonlyMap<string, string>;
  readonly leaving: readonly Leaving[];
  readonly reports: readonly Report[];
}

interface Memo {
  readonly of: unknown;
  readonly members: readonly unknown[];
  readonly health: ProxySettings['health'];
  readonly instances: readonly CatalogInstance[];
  /** The names that were asked for, and what was known of them. */
  readonly addresses: ReadonlyMap<string, string | undefined>;
  readonly filled: FilledBackend;
}

const nothing: readonly never[] = [];
const noTasks: ReadonlyMap<string, string> = new Map();

function instancesOf(catalog: CatalogView, { members }: Service): CatalogInstance[] {
  const instances: CatalogInstance[] = [];
  for (const { id } of members) for (const instance of catalog.instancesOf(id)) instances.push(instance);
  return instances;
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** Whether the instances of a service are those that are remembered; allocates nothing, as nearly all are. */
function hasInstances(catalog: CatalogView, { members }: Service, known: readonly CatalogInstance[]): boolean {
  let count = 0;
  for (const { id } of members) {
    for (const instance of catalog.instancesOf(id)) {
      if (known[count] !== instance) return false;
      count += 1;
    }
  }
  return count === known.length;
}

function knowsAddresses(addresses: Memo['addresses'], addressOf: AddressOf): boolean {
  for (const [host, address] of addresses) if (addressOf(host) !== address) return false;
  return true;
}

/** Puts the servers into the backends. What has not changed since the last time stays the same object. */
export class BackendFiller {
  #memos = new Map<string, Memo>();

  /** Whether any backend is another one than at the last time. */
  fill(
    plans: readonly BackendPlan[],
    { catalog, settings, addressOf }: Pick<CompileInput, 'catalog' | 'settings' | 'addressOf'>,
  ): { filled: FilledBackend[]; isChanged: boolean } {
    const { health } = settings;
    let isChanged = plans.length !== this.#memos.size;
    const filled = plans.map((plan) => {
      const memo = this.#memos.get(plan.name);
      const isService = plan.kind === 'service';
      const of = isService ? plan.shape : plan.servers;
      const members = isService ? plan.service.members : nothing;
      if (
        memo !== undefined &&
        memo.of === of &&
        memo.health === health &&
        same(memo.members, members) &&
        (!isService || hasInstances(catalog, plan.service, memo.instances)) &&
        knowsAddresses(memo.addresses, addressOf)
      ) {
        return memo.filled;
      }
      isChanged = true;
      const addresses = new Map<string, string | undefined>();
      const noted: AddressOf = (host) => {
        const address = addressOf(host);
        addresses.set(host, address);
        return address;
      };
      const instances = isService ? instancesOf(catalog, plan.service) : nothing;
      const result = isService ? fillService(plan, instances, health, noted) : fillFixed(plan, noted);
      this.#memos.set(plan.name, { of, members, health, instances, addresses, filled: result });
      return result;
    });
    if (this.#memos.size > plans.length) {
      const names = new Set(plans.map((plan) => plan.name));
      for (const name of this.#memos.keys()) if (!names.has(name)) this.#memos.delete(name);
    }
    return { filled, isChanged };
  }
}

function fillFixed(plan: BackendPlan & { kind: 'fixed' }, addressOf: AddressOf): FilledBackend {
  const { backend, unknown } = fixedBackend(plan.name, plan.rule, plan.servers, addressOf);
  const reports = unknown.map((host): Report => {
    return { kind: 'rule', id: plan.rule, reason: `the address of ${JSON.stringify(host)} is not known` };
  });
  return { backend, tasks: noTasks, leaving: [], reports };
}

function membersOf(
  { members, deployment }: Service,
  instances: readonly CatalogInstance[],
  health: ProxySettings['health'],
): readonly Member[] {
  const [app] = members;
  if (deployment === null)
    return app === undefined ? [] : instances.map((instance) => ({ app, instance, disabled: false }));
  const instancesOfApp = (id: string): CatalogInstance[] => instances.filter((instance) => instance.appId === id);
  return instancesOfDeployment(deployment, instancesOfApp, (of, instance) => isUsable(of, instance, health));
}

function fillService(
  plan: BackendPlan & { kind: 'service' },
  instances: readonly CatalogInstance[],
  health: ProxySettings['health'],
  addressOf: AddressOf,
): FilledBackend {
  const { name, shape, service, isSecond } = plan;
  const { settings } = service;
  const reports: Report[] = [];
  let found: ServiceServers;
  try {
    found = compileServers(membersOf(service, instances, health), settings, { backend: name, health, addressOf });
  } catch (error) {
    reports.push({ kind: 'app', id: service.id, reason: `its instances cannot be read: ${messageOf(error)}` });
    found = { servers: [], tasks: noTasks, leaving: [], problems: [], waiting: 0 };
  }
  for (const { app, reason } of found.problems) reports.push({ kind: 'app', id: app, reason });
  if (found.servers.length === 0 && found.waiting > 0) {
    const what = `none of ${found.waiting} instances is healthy (yet), so requests are refused`;
    reports.push({ kind: 'app', id: service.id, reason: `port ${settings.portIndex}: ${what}` });
  }
  const { deployment } = service;
  const app = deployment === null ? shape.app : { ...shape.app, members: deployment.apps.map(({ id }) => id) };
  const backend: Backend = { ...shape, servers: found.servers, app };
  return { backend, tasks: found.tasks, leaving: found.leaving, reports: isSecond ? [] : reports };
}

import { messageOf } from '../../../../src/common/errors.js';
import { sleep } from '../../../../src/common/time.js';
import { waitFor } from '../../../support/wait.js';
import type { Fleet } from './fleet.js';
import { notingApp } from './starts.js';

/** What was acknowledged, and so must be there in the end. */
export interface Wanted {
  /** Starts of tasks that all this needs: by `<app id> <generation>`. */
  readonly starts: ReadonlyMap<string, number>;
  /** Apps with what is to run of them at last. */
  readonly instances: ReadonlyMap<string, number>;
  /** Apps with the generation that they have at last. */
  readonly generations: ReadonlyMap<string, number>;
  /** Groups that were taken away again. */
  readonly deleted: readonly string[];
  /** How many changes were acknowledged. */
  readonly changes: number;
}

/** Clients at work. */
export interface Workload {
  /** Lets each of them finish what it is about, with its deployment. Throws what any of them has met. */
  finish(): Promise<Wanted>;
}

/** Instances of the app that is upgraded again and again. */
const rolling = 4;
/** To which the other one is scaled, in turn. */
const scales = [2, 5, 1, 4, 3];
/** Between two small changes. */
const pauseMs = 150;
/** Of a deployment over several elections. */
const patience = { withinMs: 120_000, everyMs: 100 };

/**
 * Four clients that change apps one after the other until they are told to finish: one upgrades an app, one scales another, one makes
 * groups with dependencies and takes the former ones away, one makes apps without instances. Each repeats what is not acknowledged, and all
 * but the last wait for the end of their deployments.
 */
export function startWorkload(fleet: Fleet): Workload {
  const starts = new Map<string, number>();
  const instances = new Map<string, number>();
  const generations = new Map<string, number>();
  const deleted: string[] = [];
  let changes = 0;
  let ending = false;

  async function change(method: string, path: string, body?: unknown): Promise<void> {
    await fleet.acknowledged(method, path, body);
    changes++;
  }

  function need(id: string, generation: number, count: number): void {
    const key = `${id} ${generation}`;
    if (count > 0) starts.set(key, (starts.get(key) ?? 0) + count);
  }

  function settled(appId: string): Promise<unknown> {
    return waitFor(
      `the deployment of ${appId} to end`,
      async () => {
        fleet.check();
        const { status, body, text } = await fleet.api('GET', `/v2/apps${appId}`);
        if (status !== 200) throw new Error(`${status} ${text}`);
        const { app } = body as { app: { deployments: unknown[]; tasksRunning: number } };
        if (app.deployments.length > 0) throw new Error(`under way, ${app.tasksRunning} tasks run`);
        return true;
      },
      patience,
    );
  }

  async function upgrade(): Promise<void> {
    const id = '/rolling';
    for (let generation = 1; generation === 1 || !ending; generation++) {
      await change('PUT', `/v2/apps${id}`, notingApp(fleet.directory, { id, instances: rolling, generation }));
      need(id, generation, rolling);
      instances.set(id, rolling);
      generations.set(id, generation);
      await settled(id);
    }
  }

  async function scale(): Promise<void> {
    const id = '/scaled';
    await change('PUT', `/v2/apps${id}`, notingApp(fleet.directory, { id, instances: 0, generation: 1 }));
    generations.set(id, 1);
    for (let n = 0; n === 0 || !ending; n++) {
      const count = scales[n % scales.length] as number;
      await change('PUT', `/v2/apps${id}`, { instances: count });
      need(id, 1, count - (instances.get(id) ?? 0));
      instances.set(id, count);
      await settled(id);
    }
  }

  async function group(): Promise<void> {
    for (let n = 1; n === 1 || !ending; n++) {
      const id = `/shop-${n}`;
      const app = (name: string): Readonly<Record<string, unknown>> =>
        notingApp(fleet.directory, { id: `${id}/${name}`, instances: 2, generation: n });
      const web = { ...app('web'), dependencies: [`${id}/db`] };
      await change('PUT', `/v2/groups${id}`, { id, apps: [web, app('db')] });
      for (const name of ['db', 'web']) {
        need(`${id}/${name}`, n, 2);
        instances.set(`${id}/${name}`, 2);
        generations.set(`${id}/${name}`, n);
        await settled(`${id}/${name}`);
      }
      if (n === 1) continue;
      const former = `/shop-${n - 1}`;
      await change('DELETE', `/v2/groups${former}`);
      deleted.push(former);
      for (const name of ['db', 'web']) {
        instances.delete(`${former}/${name}`);
        generations.delete(`${former}/${name}`);
      }
    }
  }

  async function create(): Promise<void> {
    for (let n = 1; n === 1 || !ending; n++) {
      const id = `/many/app-${n}`;
      await change('PUT', `/v2/apps${id}`, notingApp(fleet.directory, { id, instances: 0, generation: n }));
      instances.set(id, 0);
      generations.set(id, n);
      await sleep(pauseMs);
    }
  }

  const clients = Object.entries({ upgrade, scale, group, create }).map(([name, client]) =>
    client().then(
      () => undefined,
      (error: unknown) => `${name}: ${messageOf(error)}`,
    ),
  );
  return {
    async finish() {
      ending = true;
      const troubles = (await Promise.all(clients)).filter((trouble) => trouble !== undefined);
      if (troubles.length > 0) throw new Error(troubles.join('; '));
      await fleet.waitForDeployments();
      return { starts, instances, generations, deleted, changes };
    },
  };
}

import { storeKeys } from '../core/keys.js';
import type { Instance } from '../model/instance.js';
import type { Store } from '../ports/store.js';

/** What was forgotten, and what comes of it. */
export interface Forgotten {
  /** Undefined: there was none. */
  readonly frameworkId: string | undefined;
  /** Instances that are stored: their tasks ended with the framework. */
  readonly instances: number;
  /** Those among them that have volumes which were reserved by the framework, by app or pod. */
  readonly residents: ReadonlyMap<string, number>;
}

/** Removes from the state who the scheduler was to Mesos. All else stays: instances find out that their tasks are gone by asking Mesos. */
export async function forgetFramework(store: Store): Promise<Forgotten> {
  const frameworkId = await store.get(storeKeys.frameworkId);
  let instances = 0;
  const residents = new Map<string, number>();
  for await (const [, value] of store.list(storeKeys.instance(''))) {
    const { appId, reservation } = value as Instance;
    instances++;
    if (reservation !== undefined) residents.set(appId, (residents.get(appId) ?? 0) + 1);
  }
  if (typeof frameworkId !== 'string') return { frameworkId: undefined, instances, residents };
  await store.write([{ key: storeKeys.frameworkId, value: undefined }]);
  return { frameworkId, instances, residents };
}

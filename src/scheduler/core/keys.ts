import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from '../model/app-definition.js';

/** Keys of the store: one small record per thing (design: never one big root). */
export const storeKeys = {
  frameworkId: 'framework-id',
  /** `{urls: string[]}`: where events are posted to. */
  callbackUrls: 'http-event-subscribers',
  /** `{edges: string[]}`: who follows the catalog. */
  edges: 'edges',
  /** `{versions: Timestamp[]}`, oldest first; the last one is the current version. */
  app: (id: PathId) => `app:${id}`,
  /** The same for a pod. */
  pod: (id: PathId) => `pod:${id}`,
  /** One AppDefinition or PodDefinition. */
  version: (id: PathId, version: Timestamp) => `version:${id}@${version}`,
  /** One Group. */
  group: (id: PathId) => `group:${id}`,
  /** One RootChange. */
  rootChange: (version: Timestamp) => `root:${version}`,
  instance: (id: string) => `instance:${id}`,
  /** One Leftover, by the id of the instance whose place it was. */
  leftover: (instanceId: string) => `leftover:${instanceId}`,
  deployment: (id: string) => `deployment:${id}`,
  failure: (id: PathId) => `failure:${id}`,
  /** `{terminations: PodTermination[]}`, oldest first: the latest ends of a pod's instances. */
  terminations: (id: PathId) => `terminations:${id}`,
} as const;

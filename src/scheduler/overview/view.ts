import type { PathId } from '../../common/path-id.js';
import type { Deployment } from '../model/deployment.js';

/** What a reader may see who may not see everything. Asked anew whenever something is sent. */
export interface View {
  /** Whether he may view an app or pod; also of one that is gone. */
  runSpec(id: PathId): boolean;
  /** Whether he may view a group whatever lies in it. */
  group(id: PathId): boolean;
  /** What he may see of a deployment; undefined: nothing. */
  deployment(deployment: Deployment): Deployment | undefined;
  /** Whether he may know which master and framework this is. */
  readonly seesCluster: boolean;
}

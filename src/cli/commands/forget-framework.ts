import { forgetFramework } from '../../scheduler/backup/forget-framework.js';
import { changeStoredState, nameOfPlace } from '../../scheduler/backup/stored-state.js';
import type { Invocation } from '../settings.js';
import { statePlace } from './state-place.js';

/** So many apps are named. */
const maxNamed = 20;

/** `ekiden forget-framework`: the next scheduler registers as a new framework, and launches what is wanted anew. */
export async function run(invocation: Invocation): Promise<number> {
  const place = statePlace(invocation, 'forget-framework');
  const { frameworkId, instances, residents } = await changeStoredState(place, { mustExist: true }, forgetFramework);
  if (frameworkId === undefined) {
    process.stdout.write(`${nameOfPlace(place)} knows no framework id: nothing to forget\n`);
    return 0;
  }
  process.stdout.write(`${nameOfPlace(place)} has forgotten the framework ${frameworkId}
  The scheduler registers as a new framework when it is started. Mesos then says of the ${instances} stored instances that
  their tasks are gone, and they are launched anew.
`);
  if (residents.size === 0) return 0;
  const named = [...residents].slice(0, maxNamed).map(([id, count]) => `${id} (${count})`);
  const rest = residents.size - named.length;
  process.stdout
    .write(`  Persistent volumes stay reserved for the former framework, and these instances wait for theirs in vain:
  ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}
  Kill them with wipe=true to get new, empty volumes; what is in the old ones can be saved on the agents.
`);
  return 0;
}

import { addressRecords } from './addresses.js';
import { agentRecords } from './agent-records.js';
import { frameworkRecords } from './framework-records.js';
import type { Generated } from './generated.js';
import { withoutUnsendable } from './generated.js';
import { masterRecords } from './master-records.js';
import type { RecordOptions } from './options.js';
import { taskRecords } from './task-records.js';
import { agentOwner, frameworkOwner, mastersOwner, nameServerOwner, taskOwner } from './view.js';
import type { Owner, TaskKey, View } from './view.js';

function generateExactly(view: View, owner: Owner, options: RecordOptions): Generated {
  if (owner === mastersOwner) return masterRecords(view, options);
  if (owner === nameServerOwner) {
    return { records: addressRecords(options.nameServer, options.nameServerAddresses), problems: [] };
  }
  const blank = owner.indexOf(' ');
  const key = owner.slice(blank + 1);
  switch (owner.slice(0, blank)) {
    case 'agent':
      return agentRecords(view, key, options);
    case 'framework':
      return frameworkRecords(view, key, options);
    default:
      return taskRecords(view, key as TaskKey, options);
  }
}

/** The records that `owner` has in this view: none when it is not there, or does not count. Costs its own records only. */
export function generate(view: View, owner: Owner, options: RecordOptions): Generated {
  const generated = generateExactly(view, owner, options);
  return options.quirks ? generated : withoutUnsendable(generated);
}

/** Every owner there is, in the order in which Mesos-DNS generates. */
export function* ownersOf(view: View): Generator<Owner, void, undefined> {
  for (const id of view.frameworks.keys()) yield frameworkOwner(id);
  for (const id of view.agents.keys()) yield agentOwner(id);
  yield nameServerOwner;
  yield mastersOwner;
  for (const key of view.tasks.keys()) yield taskOwner(key);
}

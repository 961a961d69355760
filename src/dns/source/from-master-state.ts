import type { Range } from '../../mesos/types.js';
import { parseHostPort, parsePid } from '../records/host-port.js';
import type { ViewAgent, ViewFramework, ViewTask } from '../records/view.js';
import { fieldsOf, listOf, textOf } from './read-json.js';
import type { Snapshot } from './snapshot.js';
import { discoveryOf, isBridged, joinRanges, newestRunning } from './task-fields.js';

/** From `GET /master/state`, which is what Mesos-DNS reads. Items without what they need are left out. */

/** `[31000-31002, 31005-31005]` */
export function rangesIn(text: string): Range[] {
  return Array.from(text.matchAll(/(\d+)-(\d+)/g), ([, begin, end]) => ({ begin: Number(begin), end: Number(end) }));
}

function agentOf(value: unknown): ViewAgent[] {
  const fields = fieldsOf(value);
  const id = textOf(fields.id);
  const address = parsePid(textOf(fields.pid) ?? '');
  const hostname = textOf(fields.hostname);
  if (id === undefined || address === undefined) return [];
  return [{ id, address, ...(hostname === undefined ? {} : { hostname }) }];
}

function frameworkOf(value: unknown): ViewFramework[] {
  const fields = fieldsOf(value);
  const id = textOf(fields.id);
  const name = textOf(fields.name);
  if (id === undefined || name === undefined) return [];
  return [{ id, name, pid: parsePid(textOf(fields.pid) ?? ''), hostname: textOf(fields.hostname) }];
}

function taskOf(value: unknown, frameworkId: string): ViewTask[] {
  const fields = fieldsOf(value);
  const id = textOf(fields.id);
  const agentId = textOf(fields.slave_id);
  if (id === undefined || agentId === undefined) return [];
  return [
    {
      id,
      frameworkId,
      agentId,
      name: textOf(fields.name) ?? '',
      running: fields.state === 'TASK_RUNNING',
      state: textOf(fields.state) ?? '',
      ports: joinRanges(rangesIn(textOf(fieldsOf(fields.resources).ports) ?? '')),
      discovery: discoveryOf(fields.discovery),
      isBridged: isBridged(fields.container),
      ...newestRunning(fields.statuses),
    },
  ];
}

/** Reads the document that the master at `authority` gave. Throws when it is no state of a master. */
export function snapshotFromMasterState(document: unknown, authority: string): Snapshot {
  const state = fieldsOf(document);
  if (!Array.isArray(state.slaves) || !Array.isArray(state.frameworks)) {
    throw new Error(`what ${authority} answers to /master/state is not the state of a Mesos master`);
  }
  return {
    agents: state.slaves.flatMap(agentOf),
    frameworks: state.frameworks.flatMap(frameworkOf),
    tasks: state.frameworks.flatMap((framework) => {
      const { id, tasks } = fieldsOf(framework);
      return typeof id === 'string' ? listOf(tasks).flatMap((task) => taskOf(task, id)) : [];
    }),
    recoveredAgents: new Set(listOf(state.recovered_slaves).flatMap((agent) => textOf(fieldsOf(agent).id) ?? [])),
    leader: parsePid(textOf(state.leader) ?? '') ?? parseHostPort(authority),
    masterId: textOf(state.id),
    knowsPids: true,
  };
}

// An agent in a process of its own, to be killed:
// node agent-process.js <work directory> <JSON of {task id: CommandInfo}> [<JSON of the ContainerInfo of all of them>]
// acknowledges nothing but TASK_STARTING and prints `<task id> <state>` for every update.
import type { CommandInfo } from '../../../../src/mesos/types.js';
import { runAgent } from './run-agent.js';

const [workDir = '', tasks = '{}', container] = process.argv.slice(2);
const more = container === undefined ? {} : { container: JSON.parse(container) as object };
const tuning = { containerEngine: 'podman' };
const run = await runAgent(workDir, { acknowledge: false, tuning });
let told = 0;
setInterval(() => {
  for (const { status } of run.updates.slice(told)) {
    told++;
    process.stdout.write(`${status.task_id.value} ${status.state}\n`);
    if (status.state === 'TASK_STARTING') {
      run.agent.acknowledge('f-0000', status.task_id.value, status.uuid ?? '');
    }
  }
}, 5);
for (const [id, command] of Object.entries(JSON.parse(tasks) as Record<string, CommandInfo>))
  run.launch(id, command, more);

// Of several processes on one work directory only the one that has claimed it changes anything in it.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DirectoryInUse } from '../../../src/cluster/agent/agent-record.js';
import { createProcessAgent } from '../../../src/cluster/agent/create-process-agent.js';
import { agentLayout } from '../../../src/cluster/agent/layout.js';
import { silentLogger } from '../../../src/common/logger.js';
import { identifyProcess } from '../../../src/common/process-identity.js';

t.test('whoever finds the agent in use leaves its files alone', async (t) => {
  const workDir = t.testdir();
  const layout = agentLayout(workDir);
  const owner = identifyProcess(process.ppid);
  if (owner === undefined) throw new Error('the process that started this one is gone');
  mkdirSync(layout.agentLock, { recursive: true });
  writeFileSync(join(layout.agentLock, `${owner.pid}_${owner.startTime}_${owner.bootId}.held`), '');
  const options = {
    host: '127.0.0.1',
    masterPort: 5050,
    agentPort: 5051,
    workDir,
    resources: 'cpus:1;mem:64;disk:64',
    attributes: '',
    hostname: '127.0.0.1',
  };
  const context = { logger: silentLogger, fatal: () => undefined };
  const refusal: unknown = await createProcessAgent(options, context).catch((error: unknown) => error);
  t.ok(refusal instanceof DirectoryInUse);
  t.match(refusal, { pid: owner.pid, message: /in use by another embedded cluster \(process \d+\)/ });
  t.notOk(existsSync(layout.supervisorScript), 'the program that supervises the tasks of the other');
  t.same(readdirSync(layout.root), ['meta']);
  t.same(readdirSync(layout.meta), ['agent.lock']);
});

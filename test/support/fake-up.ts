// A supervisor of fake roles as a process: `node fake-up.js WORK_DIR LOGFILE BEHAVIOUR…`. It prints `up` when all are ready and
// ends cleanly on SIGTERM.
import { silentLogger } from '../../src/common/logger.js';
import { RoleRegistry } from '../../src/cli/supervisor/role-registry.js';
import { Supervisor } from '../../src/cli/supervisor/supervisor.js';
import { fakeRoles } from './fake-roles.js';

const [workDir = '', logFile = '', ...behaviours] = process.argv.slice(2);
const roles = fakeRoles(logFile, behaviours);
const names = roles.map((role) => role.name);
const supervisor = new Supervisor({
  roles,
  startSteps: [names],
  stopSteps: [names],
  startLimitMs: 30_000,
  registry: new RoleRegistry(workDir),
  logger: silentLogger,
  onLine: () => undefined,
});
process.on('SIGTERM', () => void supervisor.stop().then(() => process.exit(0)));
await supervisor.start();
process.stdout.write('up\n');

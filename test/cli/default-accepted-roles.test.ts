import t from 'tap';
import { schedulerOptions } from '../../src/cli/commands/scheduler.js';
import { resolveSettings } from '../../src/cli/settings.js';

function rolesOf(...argv: readonly string[]): string {
  const invocation = resolveSettings('scheduler', ['--master=m:1', '--mesos_role=prod', ...argv], {}, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return schedulerOptions(invocation.settings).defaultAcceptedRoles;
}

t.test('a behaviour, or the roles themselves as Marathon 0.15 has them', async (t) => {
  t.equal(rolesOf(), 'any');
  for (const behaviour of ['any', 'unreserved', 'reserved']) {
    t.equal(rolesOf(`--accepted_resource_roles_default_behavior=${behaviour}`), behaviour);
  }
  t.equal(rolesOf('--default_accepted_resource_roles=*'), 'unreserved');
  t.equal(rolesOf('--default_accepted_resource_roles=prod'), 'reserved');
  t.equal(rolesOf('--default_accepted_resource_roles=prod,*'), 'any');
  t.equal(
    rolesOf('--default_accepted_resource_roles=*', '--accepted_resource_roles_default_behavior=reserved'),
    'unreserved',
    'the roles count',
  );
});

t.test('a role that offers cannot have is refused', async (t) => {
  t.throws(() => rolesOf('--default_accepted_resource_roles=*,dev'), {
    message: "--default_accepted_resource_roles: 'dev' is neither * nor the role of --mesos_role, prod",
  });
});

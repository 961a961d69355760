import type { ContainerJson } from '../../normalize/app-json.js';
import { problem } from '../violations.js';
import type { Problem } from '../violations.js';
import type { Rule } from './rule.js';

type LinuxInfoJson = NonNullable<ContainerJson['linuxInfo']>;

/** A container has either a profile for its system calls or is unconfined. */
export function* seccompProblems(path: string, seccomp: LinuxInfoJson['seccomp']): Iterable<Problem> {
  if (seccomp === undefined) return;
  if (seccomp.profileName !== undefined && seccomp.unconfined === true) {
    yield problem(path, 'Seccomp unconfined can NOT be true when Profile is defined');
  }
  if (seccomp.profileName === undefined && seccomp.unconfined !== true) {
    yield problem(path, 'Seccomp unconfined must be true when Profile is NOT defined');
  }
}

/** Only who has shared memory of its own can say how much. */
export function* ipcProblems(path: string, ipcInfo: LinuxInfoJson['ipcInfo']): Iterable<Problem> {
  if (ipcInfo?.mode === 'SHARE_PARENT' && ipcInfo.shmSize !== undefined) {
    yield problem(path, 'ipcInfo shmSize can NOT be set when mode is SHARE_PARENT');
  }
}

export const containerRule: Rule = function* ({ container, gpus, check, secrets }, { features }) {
  if (gpus > 0 && container?.type === 'DOCKER')
    yield problem('', 'GPU resources only work with the Mesos containerizer');
  if (container === undefined) return;
  if (container.type === 'DOCKER') {
    if (container.docker === undefined) yield problem('/container/docker', 'not defined');
    if (check !== undefined) yield problem('', "AppDefinition must not use 'checks' if using docker");
  }
  const pull = container.docker?.pullConfig;
  if (pull !== undefined) {
    if (!features.includes('secrets')) {
      yield problem('/container/docker/pullConfig', 'use of pullConfig requires the secrets feature to be enabled');
    }
    if (container.type === 'DOCKER') {
      yield problem('/container/docker/pullConfig', 'pullConfig is not supported with Docker containerizer');
    } else if (!Object.hasOwn(secrets, pull.secret)) {
      yield problem('/container/docker/pullConfig', 'pullConfig.secret must refer to an existing secret');
    }
  }
  yield* seccompProblems('/container/linuxInfo/seccomp', container.linuxInfo?.seccomp);
  yield* ipcProblems('/container/linuxInfo/ipcInfo', container.linuxInfo?.ipcInfo);
};

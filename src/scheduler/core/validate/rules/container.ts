import { problem } from '../violations.js';
import type { Rule } from './rule.js';

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
  const seccomp = container.linuxInfo?.seccomp;
  if (seccomp?.profileName !== undefined && seccomp.unconfined === true) {
    yield problem('/container/linuxInfo/seccomp', 'Seccomp unconfined can NOT be true when Profile is defined');
  }
  if (seccomp !== undefined && seccomp.profileName === undefined && seccomp.unconfined !== true) {
    yield problem('/container/linuxInfo/seccomp', 'Seccomp unconfined must be true when Profile is NOT defined');
  }
};

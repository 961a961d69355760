import { memberPath, problem } from '../violations.js';
import { featureDisabled } from './rule.js';
import type { Rule } from './rule.js';

/** Names of variables, and references to secrets. */
export const envRule: Rule = function* ({ env, secrets }, { features }) {
  const names = Object.keys(env);
  const empty = names.indexOf('');
  if (empty >= 0) yield problem(`/env/keys(${empty})`, 'must not be empty');
  for (const name of names) {
    const value = env[name];
    if (typeof value !== 'object') continue;
    if (!features.includes('secrets')) {
      yield problem('/env', 'use of secret-references in the environment requires the secrets feature to be enabled');
    }
    if (!Object.hasOwn(secrets, value.secret)) {
      yield problem(`${memberPath('/env', name)}/secret`, 'references an undefined secret');
    }
  }
};

export const secretsRule: Rule = function* ({ secrets }, { features }) {
  if (Object.keys(secrets).length > 0 && !features.includes('secrets')) yield problem('', featureDisabled('secrets'));
};

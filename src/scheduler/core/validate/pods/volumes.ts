import { featureDisabled } from '../rules/rule.js';
import { persistentInfoProblems } from '../rules/volumes.js';
import { elementPath, problem } from '../violations.js';
import { hasRepetition } from './pod-rule.js';
import type { PodRule } from './pod-rule.js';

/** Volumes and their mounts fit together. */
export const volumesRule: PodRule = function* ({ containers, secrets, volumes }, { features }) {
  const names = volumes.map(({ name }) => name);
  const mounted = new Set(containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name)));
  if (hasRepetition(names)) yield problem('/volumes', 'volume names must be unique');
  for (const [i, volume] of volumes.entries()) {
    const path = elementPath('/volumes', i);
    if (!mounted.has(volume.name)) yield problem(path, 'volume must be referenced by at least one container');
    if (volume.type === 'secret') {
      if (!features.includes('secrets')) yield problem(path, featureDisabled('secrets'));
      if (!Object.hasOwn(secrets, volume.secret)) {
        yield problem(`${path}/secret`, 'volume.secret must refer to an existing secret');
      }
    }
    if (volume.type === 'persistent') {
      const { type, sizeMib, maxSizeMib, constraints } = volume.persistent;
      const sizes = { size: sizeMib, ...(maxSizeMib === undefined ? {} : { maxSize: maxSizeMib }) };
      yield* persistentInfoProblems(path, { type, ...sizes, constraints });
    }
  }
  for (const [i, { volumeMounts }] of containers.entries()) {
    for (const [j, { name }] of volumeMounts.entries()) {
      const path = elementPath(`${elementPath('/containers', i)}/volumeMounts`, j);
      if (!names.includes(name)) yield problem(`${path}/name`, 'Referenced Volume in VolumeMount should exist');
    }
  }
};

export const secretsRule: PodRule = function* ({ secrets }, { features }) {
  if (Object.keys(secrets).length === 0 || features.includes('secrets')) return;
  yield problem('/secrets', 'must be empty');
  yield problem('/secrets', featureDisabled('secrets'));
};

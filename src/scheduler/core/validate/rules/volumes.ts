import { isResident } from '../../normalize/defaults.js';
import type { VolumeJson } from '../../normalize/app-json.js';
import { elementPath, memberPath, problem } from '../violations.js';
import type { Problem } from '../violations.js';
import { constraintProblems } from './constraints.js';
import { featureDisabled } from './rule.js';
import type { Rule } from './rule.js';

type Persistent = NonNullable<VolumeJson['persistent']>;
type External = NonNullable<VolumeJson['external']>;

/** The disk space of a persistent volume; `path` is that of the whole volume. */
export function* persistentInfoProblems(path: string, persistent: Persistent): Iterable<Problem> {
  const { size, maxSize, constraints = [], type = 'root' } = persistent;
  if (size <= 0) yield problem(`${path}/persistent/size`, 'should be >0');
  if (maxSize !== undefined && type !== 'mount') {
    yield problem(`${path}/persistent`, 'Only mount volumes can have maxSize');
  }
  if (maxSize !== undefined && maxSize <= size)
    yield problem(`${path}/persistent`, 'Max size must be larger than size');
  if (constraints.length > 0 && type === 'root') {
    yield problem(`${path}/persistent`, 'Constraints on root volumes are not supported');
  }
  for (const [i, constraint] of constraints.entries()) {
    yield* constraintProblems(elementPath(`${path}/persistent/constraints`, i), constraint);
  }
}

function* persistentProblems(path: string, volume: VolumeJson, persistent: Persistent): Iterable<Problem> {
  if (volume.containerPath.includes('/')) yield problem(`${path}/containerPath`, 'value must not contain "/"');
  if (volume.containerPath === '.' || volume.containerPath === '..') {
    yield problem(`${path}/containerPath`, `must not be "${volume.containerPath}"`);
  }
  if (volume.mode === 'RO') yield problem(`${path}/mode`, 'must be RW: a persistent volume cannot be read-only');
  yield* persistentInfoProblems(path, persistent);
}

function* externalProblems(path: string, external: External, isDocker: boolean): Iterable<Problem> {
  const { name, provider, options = {}, size } = external;
  if (provider === undefined) yield problem(`${path}/provider`, 'not defined');
  else if (provider !== 'dvdi' && provider !== 'csi') yield problem(`${path}/provider`, 'is unknown provider');
  if (name === undefined || name === '') yield problem(`${path}/name`, 'not defined');
  if (provider !== 'dvdi') return;
  const driver = Object.hasOwn(options, 'dvdi/driver') ? options['dvdi/driver'] : undefined;
  if (driver === undefined || driver === '') yield problem(`${path}/options("dvdi/driver")`, 'not defined');
  const iops = Object.hasOwn(options, 'dvdi/iops') ? options['dvdi/iops'] : undefined;
  if (iops !== undefined && !(typeof iops === 'string' && /^[1-9]\d*$/.test(iops))) {
    yield problem(memberPath(`${path}/options`, 'dvdi/iops'), 'must be a whole number greater than 0');
  }
  if (isDocker) {
    if (size !== undefined) yield problem(`${path}/size`, 'must be undefined');
    if (Object.keys(options).some((option) => option !== 'dvdi/driver')) {
      yield problem(`${path}/options`, 'must only contain dvdi/driver');
    }
  }
}

/** Volumes of a container: each of exactly one kind, and complete (marathon.md §12). */
export const volumesRule: Rule = function* ({ id, container, secrets, instances }, { features }) {
  const names: string[] = [];
  for (const [i, volume] of (container?.volumes ?? []).entries()) {
    const path = elementPath('/container/volumes', i);
    const { external, persistent, secret } = volume;
    if (persistent !== undefined) yield* persistentProblems(path, volume, persistent);
    else if (external !== undefined) {
      if (!features.includes('external_volumes')) yield problem('', featureDisabled('external_volumes'));
      yield* externalProblems(`${path}/external`, external, container?.type === 'DOCKER');
      if (external.provider === 'dvdi' && external.name !== undefined && external.shared !== true) {
        if (names.includes(external.name)) {
          yield problem('', `Requested DVDI volume '${external.name}' is declared more than once within app ${id}`);
        }
        names.push(external.name);
      }
    } else if (secret !== undefined) {
      if (!Object.hasOwn(secrets, secret))
        yield problem(`${path}/secret`, 'volume.secret must refer to an existing secret');
    } else if (volume.hostPath === undefined) yield problem(`${path}/hostPath`, 'undefined');
  }
  if (names.length > 0 && instances > 1) {
    yield problem('', `Number of instances is limited to 1 when declaring DVDI volumes in app [${id}]`);
  }
};

/** What an app with persistent volumes must not ask for. */
export const residentRule: Rule = function* (app) {
  if (!isResident(app.container)) return;
  if (app.role === '*') yield problem('/role', 'Resident apps cannot have the role *');
  const accepted = app.acceptedResourceRoles;
  if (accepted !== undefined && !(accepted.length === 1 && accepted[0] === '*')) {
    yield problem('', 'A resident app must have `acceptedResourceRoles = ["*"]`.');
  }
  if (app.unreachableStrategy !== 'disabled') {
    yield problem('', 'unreachableStrategy must be disabled for resident tasks');
  }
  if (app.upgradeStrategy.maximumOverCapacity !== 0) {
    yield problem('/upgradeStrategy', 'maximumOverCapacity must be 0 for resident tasks');
  }
};

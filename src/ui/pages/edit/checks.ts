import type { ErrorDetail } from '../../http/api-error.js';
import { isArray, memberOf, valueAt } from './json-value.js';
import type { Json, JsonObject, Path } from './json-value.js';
import { absoluteId, kindOf } from './kinds.js';
import type { Target } from './kinds.js';

const segment = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\.\.?)$/;
/** An app's id may not end so: the API means something else by it. */
const reserved = ['restart', 'tasks', 'versions'];

const numbers: readonly Path[] = [
  ['cpus'],
  ['mem'],
  ['disk'],
  ['backoffFactor'],
  ['upgradeStrategy', 'minimumHealthCapacity'],
  ['upgradeStrategy', 'maximumOverCapacity'],
];
const wholeNumbers: readonly Path[] = [
  ['instances'],
  ['gpus'],
  ['backoffSeconds'],
  ['maxLaunchDelaySeconds'],
  ['taskKillGracePeriodSeconds'],
];

function pathText(place: Path): string {
  return place.map((part) => (typeof part === 'number' ? `(${part})` : `/${part}`)).join('');
}

function* numberErrors(place: Path, value: Json | undefined, isWhole: boolean): Iterable<ErrorDetail> {
  if (value === undefined || value === null) return;
  const path = pathText(place);
  if (typeof value !== 'number') yield { path, errors: ['must be a number'] };
  else if (value < 0) yield { path, errors: ['must not be below 0'] };
  else if (isWhole && !Number.isInteger(value)) yield { path, errors: ['must be a whole number'] };
}

/** What is wrong with the id of an app; empty is for the server to say, unless `isRequired`. */
export function idErrors(id: Json | undefined, isRequired: boolean): string[] {
  if (id === undefined || id === '') return isRequired ? ['is required'] : [];
  if (typeof id !== 'string') return ['must be a text'];
  const segments = id.split('/').filter((part) => part !== '');
  const last = segments.at(-1);
  if (last === undefined) return isRequired ? ['must name the application, not only its group'] : [];
  const wrong = segments.find((part) => !segment.test(part));
  if (wrong !== undefined) {
    return [
      `“${wrong}” may have only lowercase letters, digits, hyphens and full stops, and begins and ends with a letter or digit`,
    ];
  }
  return reserved.includes(last) ? [`must not end in ${last}: the API means something else by it`] : [];
}

const portNumbers: readonly (readonly [Path, readonly string[]])[] = [
  [['portDefinitions'], ['port']],
  [
    ['container', 'portMappings'],
    ['containerPort', 'hostPort', 'servicePort'],
  ],
  [
    ['healthChecks'],
    [
      'port',
      'portIndex',
      'gracePeriodSeconds',
      'intervalSeconds',
      'timeoutSeconds',
      'maxConsecutiveFailures',
      'delaySeconds',
    ],
  ],
];

function* listErrors(app: JsonObject): Iterable<ErrorDetail> {
  for (const [place, names] of portNumbers) {
    const list = valueAt(app, place);
    if (!isArray(list)) continue;
    for (const [index, element] of list.entries()) {
      for (const name of names) {
        const at = [...place, index, name];
        const value = memberOf(element, name);
        yield* numberErrors(at, value, true);
        if (/port$/i.test(name) && typeof value === 'number' && value > 65_535) {
          yield { path: pathText(at), errors: ['ports go up to 65535'] };
        }
      }
    }
  }
}

/**
 * What is wrong with an app for certain, without asking the server; in its paths. `isFinal`: it is about to be sent, so that what is missing
 * is missing.
 */
export function checkApp(app: JsonObject, target: Target, isFinal: boolean): ErrorDetail[] {
  const id = memberOf(app, 'id');
  const errors = idErrors(id, isFinal && target.mode === 'create');
  if (errors.length === 0 && target.mode === 'edit' && typeof id === 'string' && absoluteId(id) !== target.id) {
    errors.push(`must stay ${target.id}: an application cannot be renamed, but copied`);
  }
  return [
    ...(errors.length === 0 ? [] : [{ path: '/id', errors }]),
    ...numbers.flatMap((place) => [...numberErrors(place, valueAt(app, place), false)]),
    ...wholeNumbers.flatMap((place) => [...numberErrors(place, valueAt(app, place), true)]),
    ...listErrors(app),
  ];
}

/** Why a definition cannot be sent from here; undefined when it can. */
export function wrongKind(value: Json | undefined, target: Target): string | undefined {
  const kind = kindOf(value);
  if (kind === undefined) return 'A definition is a JSON object, or an array of applications.';
  if (target.mode === 'create' || kind === target.kind) return undefined;
  return `This is about the ${target.kind} ${target.id}, and what stands here is ${kind === 'apps' ? 'a list of applications' : kind === 'app' ? 'an application' : `a ${kind}`}.`;
}

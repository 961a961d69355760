import type { Attribute } from '../../mesos/types.js';
import type { AgentRegistration } from '../agent-port.js';
import { compileConstraintRegex, OfferConstraintsError } from './constraint-regex.js';

/** A condition on one attribute of an agent; undefined = the agent does not have it. */
type Predicate = (attribute: Attribute | undefined) => boolean;

interface AttributeConstraint {
  readonly select: (agent: AgentRegistration['info']) => readonly Attribute[];
  readonly predicate: Predicate;
}

/**
 * Offer constraints of a framework by role: an agent is offered when all constraints of at least one group hold. A role
 * without groups takes any agent.
 */
export interface OfferConstraints {
  readonly byRole: ReadonlyMap<string, readonly (readonly AttributeConstraint[])[]>;
  /** As the framework gave them, for `/frameworks`. */
  readonly given: object;
}

export const noConstraints: OfferConstraints = { byRole: new Map(), given: {} };

const text = (name: string, value: string): Attribute => ({ name, type: 'TEXT', text: { value } });

function pseudoattribute(type: string): AttributeConstraint['select'] {
  switch (type) {
    case 'HOSTNAME':
      return ({ hostname }) => [text(type, hostname)];
    case 'REGION':
      return ({ domain }) => (domain?.fault_domain === undefined ? [] : [text(type, domain.fault_domain.region.name)]);
    case 'ZONE':
      return ({ domain }) => (domain?.fault_domain === undefined ? [] : [text(type, domain.fault_domain.zone.name)]);
    default:
      throw new OfferConstraintsError('Unknown pseudoattribute type');
  }
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function parseSelector(selector: unknown): AttributeConstraint['select'] {
  if (!isObject(selector)) throw new OfferConstraintsError("Expecting 'selector' to be present");
  const { attribute_name: name, pseudoattribute_type: type } = selector;
  if (typeof name === 'string') return ({ attributes = [] }) => attributes.filter((a) => a.name === name);
  if (typeof type === 'string') return pseudoattribute(type);
  throw new OfferConstraintsError(
    'Exactly one of `AttributeConstraint::Selector::name` and `pseudoattribute_type` must be set',
  );
}

/** What a predicate of that name says of the text of an attribute, given its argument; attributes of other types pass. */
const textPredicates: Readonly<Record<string, (argument: string) => (value: string) => boolean>> = {
  text_equals: (argument) => (value) => value === argument,
  text_not_equals: (argument) => (value) => value !== argument,
  text_matches: (argument) => compileConstraintRegex(argument),
  text_not_matches: (argument) => {
    const matches = compileConstraintRegex(argument);
    return (value) => !matches(value);
  },
};

function parsePredicate(predicate: unknown): Predicate {
  if (!isObject(predicate)) throw new OfferConstraintsError("Expecting 'predicate' to be present");
  const [name, ...others] = Object.keys(predicate);
  if (name === undefined || others.length > 0) {
    throw new OfferConstraintsError('Exactly one predicate must be set in `AttributeConstraint::Predicate`');
  }
  if (name === 'exists') return (attribute) => attribute !== undefined;
  if (name === 'not_exists') return (attribute) => attribute === undefined;
  const make = textPredicates[name];
  const given = predicate[name];
  if (make === undefined || !isObject(given)) throw new OfferConstraintsError('Unknown predicate type');
  const argument = name.endsWith('matches') ? given['regex'] : given['value'];
  if (typeof argument !== 'string') throw new OfferConstraintsError(`'${name}' lacks its text`);
  const holds = make(argument);
  const isNegative = name.includes('_not_');
  return (attribute) => {
    if (attribute === undefined) return isNegative;
    return attribute.type !== 'TEXT' || holds(attribute.text?.value ?? '');
  };
}

function arrayOf(json: unknown, what: string): readonly unknown[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw new OfferConstraintsError(`'${what}' is not an array`);
  return json as readonly unknown[];
}

function parseConstraint(constraint: unknown): AttributeConstraint {
  if (!isObject(constraint)) throw new OfferConstraintsError('An attribute constraint is not an object');
  return { select: parseSelector(constraint['selector']), predicate: parsePredicate(constraint['predicate']) };
}

/**
 * Reads `OfferConstraints` (mesos/v1/scheduler/scheduler.proto): `role_constraints` by role, in each `groups` of
 * `attribute_constraints`. Throws OfferConstraintsError.
 */
export function parseOfferConstraints(given: object | undefined): OfferConstraints {
  if (given === undefined) return noConstraints;
  const { role_constraints: roles = {} } = given as { role_constraints?: unknown };
  if (!isObject(roles)) throw new OfferConstraintsError("'role_constraints' is not an object");
  const byRole = new Map<string, readonly (readonly AttributeConstraint[])[]>();
  for (const [role, constraints] of Object.entries(roles)) {
    const groups = isObject(constraints) ? arrayOf(constraints['groups'], 'groups') : [];
    if (groups.length === 0) {
      throw new OfferConstraintsError(
        `RoleConstraints of role '${role}' are empty: at least one group must be specified`,
      );
    }
    const parsed = groups.map((group) => {
      const list = isObject(group) ? arrayOf(group['attribute_constraints'], 'attribute_constraints') : [];
      if (list.length === 0) throw new OfferConstraintsError('Empty groups of attribute constraints are not allowed');
      return list.map(parseConstraint);
    });
    byRole.set(role, parsed);
  }
  return { byRole, given };
}

/** Whether an agent may be offered to the framework in this role. */
export function constraintsHold({ byRole }: OfferConstraints, role: string, agent: AgentRegistration['info']): boolean {
  const groups = byRole.get(role);
  if (groups === undefined) return true;
  return groups.some((group) =>
    group.every(({ select, predicate }) => {
      const attributes = select(agent);
      return attributes.length === 0 ? predicate(undefined) : attributes.some(predicate);
    }),
  );
}

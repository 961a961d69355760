import type { AgentCondition, AgentPredicate, OfferConstraints } from '../../model/offer-constraints.js';

const pseudoattributes: Readonly<Record<string, string>> = {
  hostname: 'HOSTNAME',
  '@hostname': 'HOSTNAME',
  '@region': 'REGION',
  '@zone': 'ZONE',
};

function selectorOf(field: string): object {
  const type = Object.hasOwn(pseudoattributes, field) ? pseudoattributes[field] : undefined;
  return type === undefined ? { attribute_name: field } : { pseudoattribute_type: type };
}

function predicateOf(predicate: AgentPredicate): object {
  switch (predicate.type) {
    case 'exists':
      return { exists: {} };
    case 'textEquals':
      return { text_equals: { value: predicate.value } };
    case 'textNotEquals':
      return { text_not_equals: { value: predicate.value } };
    case 'textMatches':
      return { text_matches: { regex: predicate.regex } };
    case 'textNotMatches':
      return { text_not_matches: { regex: predicate.regex } };
  }
}

function groupOf(conditions: readonly AgentCondition[]): object {
  return {
    attribute_constraints: conditions.map(({ field, predicate }) => ({
      selector: selectorOf(field),
      predicate: predicateOf(predicate),
    })),
  };
}

/** `OfferConstraints` in Mesos' form (1.11). */
export function mesosConstraintsOf(constraints: OfferConstraints): object {
  const roles = Object.entries(constraints).map(([role, groups]) => [role, { groups: groups.map(groupOf) }] as const);
  return { role_constraints: Object.fromEntries(roles) };
}

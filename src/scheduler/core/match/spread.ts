import type { Instance } from '../../model/instance.js';
import type { Offer } from '../../model/offer.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { attributeText } from './attribute-text.js';
import type { Constraint, Spread } from './constraints.js';

/** Fields that every instance keeps anyway; all others are attributes of agents. */
const ownFields = ['hostname', '@hostname', '@region', '@zone'];

/** The constraints of an app or pod in one form; an empty value is none. */
export function constraintsOf(runSpec: RunSpec): readonly Constraint[] {
  if (isPod(runSpec)) {
    return runSpec.constraints.map(({ fieldName, operator, value = '' }) => ({
      field: fieldName,
      operator,
      ...(value === '' ? {} : { value }),
    }));
  }
  return runSpec.constraints.map(([field = '', operator = '', value = '']) => ({
    field,
    operator: operator as Constraint['operator'],
    ...(value === '' ? {} : { value }),
  }));
}

/** What the agent of an offer has in a field of a constraint; undefined = it has no such attribute. */
export function offeredValue(offer: Offer, field: string): string | undefined {
  switch (field) {
    case 'hostname':
    case '@hostname':
      return offer.hostname;
    case '@region':
      return offer.region;
    case '@zone':
      return offer.zone;
    default: {
      const attribute = Object.hasOwn(offer.attributes, field) ? offer.attributes[field] : undefined;
      return attribute === undefined ? undefined : attributeText(attribute);
    }
  }
}

/** The same of an instance: what its agent had when it was launched. */
export function placedValue(instance: Instance, field: string): string | undefined {
  switch (field) {
    case 'hostname':
    case '@hostname':
      return instance.host;
    case '@region':
      return instance.region;
    case '@zone':
      return instance.zone;
    default:
      return instance.attributes?.[field];
  }
}

/** The attributes of an offer that constraints of its app or pod look at: an instance keeps them, the agent may be away later. */
export function attributesFor(runSpec: RunSpec, offer: Offer): Readonly<Record<string, string>> {
  const fields = constraintsOf(runSpec).map(({ field }) => field);
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = ownFields.includes(field) ? undefined : offeredValue(offer, field);
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/**
 * How an app's instances are spread over the values of a field. Counted once for each field that is asked for, then kept up to date
 * with what is launched, so that many offers in one turn cost one count.
 */
export class Spreads {
  readonly #instances: () => readonly Instance[];
  readonly #counts = new Map<string, Map<string, number>>();

  /** `instances`: those that constraints count, listed when a field is asked for. */
  constructor(instances: () => readonly Instance[]) {
    this.#instances = instances;
  }

  of(field: string): Spread {
    let counts = this.#counts.get(field);
    if (counts === undefined) {
      counts = new Map();
      for (const instance of this.#instances()) count(counts, placedValue(instance, field));
      this.#counts.set(field, counts);
    }
    return counts;
  }

  /** One more was launched. */
  add(offer: Offer): void {
    for (const [field, counts] of this.#counts) count(counts, offeredValue(offer, field));
  }
}

function count(counts: Map<string, number>, value: string | undefined): void {
  if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
}

import type { RunSpec } from '../../model/run-spec.js';

/** A definition as an offer is held against it: what it asks for depends on whether its place is there already. Made once for each. */
export function variant(make: (runSpec: RunSpec) => RunSpec): (runSpec: RunSpec) => RunSpec {
  const made = new WeakMap<RunSpec, RunSpec>();
  return (runSpec) => {
    let one = made.get(runSpec);
    if (one === undefined) made.set(runSpec, (one = make(runSpec)));
    return one;
  };
}

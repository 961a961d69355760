import { effectiveAcl } from '../rules/acl.js';
import type { Acl, MatchMethod } from '../rules/acl.js';
import { convert } from './acl-converters.js';
import { anyOf, matchSample } from './acl-match.js';
import type { Verdict } from './acl-match.js';
import { samplesOf } from './acl-samples.js';
import type { Sample } from './acl-samples.js';
import type { AskedRequest } from './asked-request.js';

/** How HAProxy compares a kind of value when the rule does not say. */
const ownMethods: Readonly<Record<Sample['kind'], MatchMethod>> = {
  text: 'str',
  method: 'str',
  integer: 'int',
  boolean: 'bool',
  address: 'ip',
};

/** Whether a request fits an ACL, as HAProxy would find with the line that `serializeAcl` writes. Pure. */
export function testAcl(acl: Acl, request: AskedRequest): Verdict {
  const { fetch, args, converters, method, ignoreCase, patterns } = effectiveAcl(acl);
  const samples = samplesOf(request, fetch, args);
  if ('unknown' in samples) return samples;
  return anyOf(samples, (sample) => {
    const converted = convert(sample, converters);
    if (converted === undefined) return false;
    if ('unknown' in converted) return converted;
    return matchSample(converted, { method: method ?? ownMethods[converted.kind], ignoreCase, patterns });
  });
}

import fc from 'fast-check';
import t from 'tap';
import { appJsonOf } from '../../../src/scheduler/core/normalize/app-json-of.js';
import type { AppUpdate } from '../../../src/scheduler/core/normalize/app-update.js';
import { buildDefinition } from '../../../src/scheduler/core/normalize/build-definition.js';
import { changeKind } from '../../../src/scheduler/core/normalize/change-kind.js';
import { maxViolations } from '../../../src/scheduler/core/validate/violations.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';
import type { AppDraft } from '../../../src/scheduler/core/normalize/app-draft.js';
import { hostileApp, plausibleApp } from './arbitrary.js';

const options = {
  partial: false,
  mesosRole: '*',
  features: ['secrets', 'external_volumes', 'gpu_resources'],
  defaultNetworkName: 'net',
};

function versioned(draft: AppDraft): AppDefinition {
  const version = '2020-01-01T00:00:00.000Z';
  return { ...draft, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
}

t.test('no JSON makes it throw: there are only drafts and violations', (t) => {
  fc.assert(
    fc.property(fc.oneof(hostileApp, fc.jsonValue()), fc.boolean(), (json, partial) => {
      const current = buildDefinition(undefined, '/a', { cmd: 'x' }, options);
      const built = buildDefinition(
        current.ok ? versioned(current.draft) : undefined,
        '/a',
        json as unknown as AppUpdate,
        { ...options, partial },
      );
      if (built.ok) JSON.stringify(built.draft);
      else {
        t.ok(built.violations.length > 0 && built.violations.length <= maxViolations);
        for (const { path, errors } of built.violations) t.ok(path !== '' && errors.length > 0);
      }
    }),
    { numRuns: 300, endOnFailure: true },
  );
  t.end();
});

t.test('building what is shown gives the same definition again', (t) => {
  let accepted = 0;
  fc.assert(
    fc.property(plausibleApp, (json) => {
      const first = buildDefinition(undefined, '/group/app', json, options);
      if (!first.ok) return;
      accepted += 1;
      // Through text, as a client would send it back
      const shown = JSON.parse(JSON.stringify(appJsonOf(first.draft))) as AppUpdate;
      const second = buildDefinition(undefined, '/group/app', shown, options);
      if (!second.ok) throw new Error(JSON.stringify({ shown, violations: second.violations }));
      t.same(second.draft, first.draft);
      t.equal(changeKind(versioned(first.draft), second.draft), 'none');
      const partial = buildDefinition(versioned(first.draft), '/group/app', shown, { ...options, partial: true });
      if (!partial.ok) throw new Error(JSON.stringify({ shown, violations: partial.violations }));
      t.same(partial.draft, first.draft);
    }),
    { numRuns: 1500, endOnFailure: true },
  );
  t.ok(accepted > 100, `enough definitions were legal (${accepted})`);
  t.end();
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { buildPod } from '../../../src/scheduler/core/normalize/pods/build-pod.js';
import { podChangeKind } from '../../../src/scheduler/core/normalize/pods/pod-change-kind.js';
import type { PodDraft } from '../../../src/scheduler/core/normalize/pods/pod-draft.js';
import { podJsonOf } from '../../../src/scheduler/core/normalize/pods/pod-json-of.js';
import type { PodUpdate } from '../../../src/scheduler/core/normalize/pods/pod-update.js';
import { maxViolations } from '../../../src/scheduler/core/validate/violations.js';
import type { PodDefinition } from '../../../src/scheduler/model/pod-definition.js';
import { hostilePod, plausiblePod } from './arbitrary.js';

const options = { partial: false, mesosRole: '*', features: ['secrets'], defaultNetworkName: 'net' };

function versioned(draft: PodDraft): PodDefinition {
  const version = '2020-01-01T00:00:00.000Z';
  return { ...draft, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
}

t.test('no JSON makes it throw: there are only drafts and violations', (t) => {
  fc.assert(
    fc.property(fc.oneof(hostilePod, fc.jsonValue()), (json) => {
      const built = buildPod(undefined, '/a', json as PodUpdate, options);
      if (built.ok) {
        JSON.stringify(podJsonOf(built.draft));
        return;
      }
      assert(built.violations.length > 0 && built.violations.length <= maxViolations);
      for (const { path, errors } of built.violations) assert(path !== '' && errors.length > 0);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('building what is shown gives the same pod again', (t) => {
  let accepted = 0;
  fc.assert(
    fc.property(plausiblePod, (json) => {
      const first = buildPod(undefined, '/group/pod', json, options);
      if (!first.ok) return;
      accepted += 1;
      // Through text, as a client would send it back
      const shown = JSON.parse(JSON.stringify(podJsonOf(first.draft))) as PodUpdate;
      const second = buildPod(versioned(first.draft), '/group/pod', shown, options);
      assert(second.ok, JSON.stringify({ shown, second }));
      assert.deepEqual(second.draft, first.draft);
      assert.equal(podChangeKind(versioned(first.draft), second.draft), 'none');
      assert.deepEqual(podJsonOf(second.draft), shown);
    }),
    { numRuns: 400 },
  );
  t.ok(accepted > 100, `enough pods were legal (${accepted})`);
  t.end();
});

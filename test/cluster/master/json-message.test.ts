import fc from 'fast-check';
import t from 'tap';
import { MessageError } from '../../../src/cluster/master/api/json-message.js';
import { readSchedulerCall } from '../../../src/cluster/master/api/scheduler-call.js';

const accept = (taskInfo: unknown): string =>
  JSON.stringify({
    type: 'ACCEPT',
    framework_id: { value: 'f' },
    accept: {
      offer_ids: [{ value: 'o' }],
      operations: [{ type: 'LAUNCH', launch: { task_infos: [taskInfo] } }],
    },
  });
const task = { name: 't', task_id: { value: 't' }, agent_id: { value: 'a' }, resources: [] };
const problem = (body: string): string => {
  try {
    readSchedulerCall(body);
  } catch (error) {
    if (error instanceof MessageError) return error.message;
    throw error;
  }
  return 'none';
};
const convert = 'Failed to convert JSON into Call protobuf: ';

t.test('what is wrong is named with its path', async (t) => {
  t.equal(
    problem(accept({ task_id: {} })),
    `${convert}Missing required fields: ${[
      'accept.operations[0].launch.task_infos[0].name',
      'accept.operations[0].launch.task_infos[0].task_id.value',
      'accept.operations[0].launch.task_infos[0].agent_id',
    ].join(', ')}`,
  );
  t.equal(problem(accept({ ...task, name: 5 })), `${convert}Not expecting a JSON number for field 'name'`);
  t.equal(problem(accept({ ...task, resources: {} })), `${convert}Not expecting a JSON object for field 'resources'`);
  t.equal(problem(accept({ ...task, command: [] })), `${convert}Not expecting a JSON array for field 'command'`);
  t.equal(
    problem(accept({ ...task, data: '§' })),
    `${convert}Failed to base64 decode bytes field 'data': Invalid character '§'`,
  );
  const grace = { kill_policy: { grace_period: { nanoseconds: '2s' } } };
  t.equal(problem(accept({ ...task, ...grace })), `${convert}Not expecting a JSON string for field 'nanoseconds'`);
  const range = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: -1, end: 5 }] } };
  t.equal(problem(accept({ ...task, resources: [range] })), `${convert}Field 'begin' is not an unsigned integer: -1`);
});

t.test('null is absent, unknown fields pass, lists that must be there are, nothing reaches a prototype', async (t) => {
  const body = accept({
    ...task,
    resources: undefined,
    labels: null,
    container: { type: 'MESOS' },
    extra: [1],
  }).replace('"extra"', '"__proto__":{"polluted":true},"extra"');
  const call = readSchedulerCall(body);
  const launched = (call as unknown as { call: { accept: { operations: { launch: { task_infos: object[] } }[] } } })
    .call.accept.operations[0]?.launch.task_infos[0];
  t.same(launched, { ...task, resources: [], container: { type: 'MESOS' }, extra: [1] });
  t.notOk(launched !== undefined && 'polluted' in launched);
});

t.test('calls that are Mesos’ but not carried out are named', async (t) => {
  const grow = { type: 'ACCEPT', framework_id: { value: 'f' }, accept: { operations: [{ type: 'GROW_VOLUME' }] } };
  t.match(readSchedulerCall(JSON.stringify(grow)), { kind: 'unsupported', what: 'ACCEPT with operation GROW_VOLUME' });
});

t.test('an operation needs its message, UPDATE_FRAMEWORK the id of its own framework', async (t) => {
  const reserve = { type: 'ACCEPT', framework_id: { value: 'f' }, accept: { operations: [{ type: 'RESERVE' }] } };
  t.throws(() => readSchedulerCall(JSON.stringify(reserve)), {
    message: "Failed to validate scheduler::Call: Expecting 'reserve' to be present",
  });
  const info = { user: 'u', name: 'n', id: { value: 'g' } };
  const update = { type: 'UPDATE_FRAMEWORK', framework_id: { value: 'f' }, update_framework: { framework_info: info } };
  t.throws(() => readSchedulerCall(JSON.stringify(update)), {
    message: "Failed to validate scheduler::Call: 'framework_id' differs from 'update_framework.framework_info.id'",
  });
});

t.test('no body is anything but a call or a MessageError', async () => {
  const types = fc.constantFrom('SUBSCRIBE', 'ACCEPT', 'KILL', 'DECLINE', 'RECONCILE', 'ACKNOWLEDGE', 'REVIVE');
  const body = fc.record(
    {
      type: types,
      framework_id: fc.anything(),
      accept: fc.anything(),
      subscribe: fc.anything(),
      kill: fc.anything(),
      acknowledge: fc.anything(),
      reconcile: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        body,
        fc.json().map((text) => JSON.parse(text) as unknown),
      ),
      (json) => {
        try {
          problem(JSON.stringify(json, (_key, v: unknown) => (typeof v === 'bigint' ? Number(v) : v)) ?? '');
        } catch (error) {
          // fast-check's own values that JSON.stringify refuses are not our concern
          if (!(error instanceof TypeError && /JSON|circular|toString|primitive/i.test(error.message))) throw error;
        }
      },
    ),
  );
});

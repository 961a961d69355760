import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createEventBus } from '../../../src/scheduler/event-bus.js';
import { eventText } from '../../../src/scheduler/api/render/event.js';
import { sharedPath } from '../../support/shared.js';
import { sampleEvents } from '../../support/sample-events.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** Members of §14.3 of the reference, which was read from the code; every event has `eventType` and `timestamp`, too. */
const members: Readonly<Record<string, string>> = {
  api_post_event: 'clientIp uri appDefinition',
  pod_created_event: 'clientIp uri',
  pod_updated_event: 'clientIp uri',
  pod_deleted_event: 'clientIp uri',
  scheduler_registered_event: 'frameworkId master',
  scheduler_reregistered_event: 'master',
  scheduler_disconnected_event: '',
  subscribe_event: 'clientIp callbackUrl',
  unsubscribe_event: 'clientIp callbackUrl',
  event_stream_attached: 'remoteAddress',
  event_stream_detached: 'remoteAddress',
  add_health_check_event: 'appId version healthCheck',
  remove_health_check_event: 'appId',
  failed_health_check_event: 'appId taskId healthCheck',
  health_status_changed_event: 'appId instanceId version alive',
  unhealthy_instance_kill_event: 'appId taskId instanceId version reason host slaveId',
  group_change_success: 'groupId version',
  group_change_failed: 'groupId version reason',
  deployment_info: 'plan currentStep',
  deployment_step_success: 'plan currentStep',
  deployment_step_failure: 'plan currentStep',
  deployment_success: 'id plan',
  deployment_failed: 'id plan reason',
  app_terminated_event: 'appId',
  status_update_event: 'slaveId taskId taskStatus message appId host ipAddresses ports version',
  instance_changed_event: 'instanceId condition runSpecId agentId host runSpecVersion',
  unknown_instance_terminated_event: 'instanceId runSpecId condition',
  instance_health_changed_event: 'instanceId runSpecId healthy runSpecVersion',
  framework_message_event: 'executorId slaveId message',
};

/** What the bus sends, by type: rendered as for every listener. */
const sent = ((): ReadonlyMap<string, JsonObject> => {
  const bus = createEventBus(
    () => Date.UTC(2026, 0, 1),
    (error) => t.fail(String(error)),
  );
  const result = new Map<string, JsonObject>();
  bus.subscribe((published) => {
    const text = eventText(published);
    if (text.includes('\n')) t.fail(`${published.event.type} is not one line`);
    if (eventText(published) !== text) t.fail('rendered twice');
    result.set(published.event.type, JSON.parse(text) as JsonObject);
  });
  for (const event of sampleEvents) bus.publish(event);
  return result;
})();

t.test('every type of §14.3 with exactly its members', (t) => {
  t.same([...sent.keys()].sort(), Object.keys(members).sort(), 'all types, and no other');
  for (const [type, names] of Object.entries(members)) {
    const event = sent.get(type);
    const expected = [...names.split(' ').filter((n) => n !== ''), 'eventType', 'timestamp'].sort();
    t.same(Object.keys(event ?? {}).sort(), expected, type);
    t.match(event, { eventType: type, timestamp: '2026-01-01T00:00:00.000Z' });
  }
  t.end();
});

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const isObject = (value: unknown): value is JsonObject => kindOf(value) === 'object';

/** Members that are shown elsewhere in Marathon's own form, whatever the era of the example. */
const notComparedInside: ReadonlySet<string> = new Set(['appDefinition']);

/** How a documented event differs from ours: `+x` ours has it, `-x` only the document has it, `x: a, not b` ours is an a. */
function differences(documented: unknown, ours: unknown, at = ''): string[] {
  if (kindOf(documented) !== kindOf(ours)) return [`${at}: ${kindOf(ours)}, not ${kindOf(documented)}`];
  if (Array.isArray(documented) && Array.isArray(ours)) {
    const [theirs, own] = [documented[0] as unknown, ours[0] as unknown];
    return theirs === undefined || own === undefined ? [] : differences(theirs, own, `${at}[]`);
  }
  if (!isObject(documented) || !isObject(ours) || notComparedInside.has(at)) return [];
  const keys = [...new Set([...Object.keys(documented), ...Object.keys(ours)])].sort();
  return keys.flatMap((key) => {
    const path = at === '' ? key : `${at}.${key}`;
    if (!Object.hasOwn(documented, key)) return [`+${path}`];
    if (!Object.hasOwn(ours, key)) return [`-${path}`];
    return differences(documented[key], ours[key], path);
  });
}

const checkMembers = ['+healthCheck.delaySeconds', '+healthCheck.ignoreHttp1xx', '+healthCheck.ipProtocol'];
const planMembers = ['-currentStep.actions[].type', '+currentStep.actions[].action'];
const stepMembers = ['-plan.steps[].action', '+plan.steps[].actions', '-plan.steps[].app'];
const olderPlan = 'the document shows the plan of 0.7, with one action in place of a step';

/** Rows where the document and the code disagree (the code wins: reference §20), or that show an older form, and why. */
const judged: Readonly<Record<string, { readonly why: string; readonly differences: readonly string[] }>> = {
  'events/0.15-events.txt': { why: 'recorded in 2015, before ipAddresses', differences: ['+ipAddresses'] },
  'events/1.11-events.txt': { why: 'recorded in 2015, before ipAddresses', differences: ['+ipAddresses'] },
  'events/21-status_update_event.json': {
    why: 'message and ipAddresses were never added to the document',
    differences: ['+ipAddresses', '+message'],
  },
  'events/26-framework_message_event.json': {
    why: 'the code writes the bytes as numbers; the document shows base64',
    differences: ['message: array, not string'],
  },
  'events/29-event_stream_attached.json': {
    why: 'the document repeats the members of subscribe_event',
    differences: ['-callbackUrl', '-clientIp', '+remoteAddress'],
  },
  'events/30-event_stream_detached.json': {
    why: 'the document repeats the members of unsubscribe_event',
    differences: ['-callbackUrl', '-clientIp', '+remoteAddress'],
  },
  'events/31-add_health_check_event.json': {
    why: 'version and three members of a check are newer',
    differences: [...checkMembers, '+version'],
  },
  'events/32-remove_health_check_event.json': {
    why: 'the code names only the app',
    differences: ['-healthCheck'],
  },
  'events/33-failed_health_check_event.json': {
    why: 'three members of a check are newer',
    differences: checkMembers,
  },
  'events/35-unhealthy_task_kill_event.json': {
    why: 'since 1.4 it is unhealthy_instance_kill_event, which has the instance id, too',
    differences: ['+instanceId'],
  },
  'events/39-deployment_success.json': { why: 'the plan is newer', differences: ['+plan'] },
  'events/40-deployment_failed.json': { why: 'plan and reason are newer', differences: ['+plan', '+reason'] },
  'events/41-deployment_info.json': { why: olderPlan, differences: [...planMembers, ...stepMembers] },
  'events/42-deployment_step_success.json': { why: olderPlan, differences: [...planMembers, ...stepMembers] },
  'events/43-deployment_step_failure.json': { why: olderPlan, differences: [...planMembers, ...stepMembers] },
};

/** Types of former versions, by what they are now. */
const renamed: Readonly<Record<string, string>> = { unhealthy_task_kill_event: 'unhealthy_instance_kill_event' };

/** The events of a row: of a JSON file one, of a text every frame of the stream. */
function eventsOf(file: string, text: string): JsonObject[] {
  if (file.endsWith('.json')) return [JSON.parse(text) as JsonObject];
  return [...text.matchAll(/^event: (\S+)\r?\ndata: (.*)$/gm)].map(([, event, data]) => {
    const json = JSON.parse(data ?? '') as JsonObject;
    t.equal(json['eventType'], event, `${file}: the name of the frame`);
    return json;
  });
}

const directory = sharedPath('cases/marathon');
t.test("the events that Marathon's documents show", { skip: directory === undefined && 'no shared cases' }, (t) => {
  const index = JSON.parse(readFileSync(join(directory ?? '', 'index.json'), 'utf8')) as { readonly file: string }[];
  const rows = index.filter(({ file }) => file.startsWith('events/'));
  let passed = 0;
  for (const { file } of rows) {
    const documented = eventsOf(file, readFileSync(join(directory ?? '', file), 'utf8'));
    const found = documented.flatMap((json) => {
      const type = String(json['eventType']);
      return differences(json, sent.get(renamed[type] ?? type));
    });
    const { why = 'as documented', differences: expected = [] } = judged[file] ?? {};
    if (t.same([...new Set(found)].sort(), [...expected].sort(), `${file}: ${why}`) && documented.length > 0) passed++;
  }
  const files = new Set(rows.map(({ file }) => file));
  t.same(
    Object.keys(judged).filter((file) => !files.has(file)),
    [],
    'every judgement is of a row',
  );
  const differing = Object.keys(judged).length;
  t.comment(`event rows: ${passed} of ${rows.length} (${differing} of them differ from the document as listed)`);
  t.end();
});

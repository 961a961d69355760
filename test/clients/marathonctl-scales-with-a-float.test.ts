import t from 'tap';
import { goSlice, goString, goStruct, unmarshal } from './support/go-json.js';
import { runCases } from './support/cases.js';
import { application, applications, deployment, group, tasks } from './support/readers/go-marathon.js';
import * as ctl from './support/readers/marathonctl.js';
import { settled } from './support/settled.js';
import { goJsonHeaders, serveScheduler } from './support/wire.js';

/** client.go, `tweak`: it always sends a user, even an empty one. */
const headers = { ...goJsonHeaders, Authorization: 'Basic Og==' };
const id = '/prod/web';
const escaped = ctl.queryEscape(id);

await runCases(t, 'marathonctl [3dd213f]', [
  {
    name: 'app create: judged by 409 and 422',
    why: 'any other answer is read as the app',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(headers);
      const body =
        '{\n  "id": "/prod/web",\n  "cmd": "sleep 1000",\n  "cpus": 0.1,\n  "mem": 16.0,\n  "instances": 1\n}\n';
      const created = ctl.readCreated(await client.send('POST', '/v2/apps', body));
      t.match(created, { id, version: /Z$/ });
      const again = await client.send('POST', '/v2/apps', body);
      t.throws(() => ctl.readCreated(again), { message: 'app already exists' });
      const wrong = await client.send('POST', '/v2/apps', '{"id": "/prod/web2", "instances": -1}');
      t.throws(() => ctl.readCreated(wrong), { message: 'invalid app' });
    },
  },
  {
    name: 'app scale: instances as a number with six decimals',
    why: 'it prints a float64 with %f',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      await client.send('POST', '/v2/apps', { id, cmd: 'x', instances: 0 });
      await settled(scheduler);
      const scaled = await client.send('PUT', `/v2/apps/${escaped}?force=true`, '{"instances": 3.000000}');
      t.match(ctl.readUpdate(scaled), { deploymentId: /-/, version: /Z$/ });
      t.equal(scheduler.service.state.apps.get(id)?.instances, 3);
    },
  },
  {
    name: 'app update from one file: /v2/apps//id; with an id: escaped',
    why: 'with one file the id is the one in it, and not escaped',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(headers);
      await client.send('POST', '/v2/apps', { id, cmd: 'x', instances: 0 });
      const body = { id, cmd: 'y', instances: 0 };
      t.match(ctl.readUpdate(await client.send('PUT', `/v2/apps/${id}?force=true`, body)), { version: /Z$/ });
      t.match(ctl.readUpdate(await client.send('PUT', `/v2/apps/${escaped}?force=true`, body)), { version: /Z$/ });
    },
  },
  {
    name: 'app list, list id, versions, show, restart',
    why: 'ids with all slashes escaped, and the embed of lists on a single app',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      await client.send('POST', '/v2/apps', { id, cmd: 'x' });
      const [instance] = await scheduler.run(id);
      t.match(unmarshal(applications, (await client.send('GET', '/v2/apps')).text), { apps: [{ id }] });
      const one = await client.send('GET', `/v2/apps/${escaped}?embed=apps.tasks`);
      t.match(unmarshal(goStruct({ app: application }), one.text), { app: { tasks: [{ id: instance?.taskId }] } });
      const list = await client.send('GET', `/v2/apps/${escaped}/versions`);
      const [version = ''] = unmarshal(goStruct({ versions: goSlice(goString) }), list.text).versions;
      const shown = await client.send('GET', `/v2/apps/${escaped}/versions/${ctl.queryEscape(version)}`);
      t.match(unmarshal(application, shown.text), { id, version }, 'the colons of the time are escaped, too');
      t.match(ctl.readUpdate(await client.send('POST', `/v2/apps/${escaped}/restart?force=true`)), { version: /Z$/ });
    },
  },
  {
    name: 'app destroy: exactly 200',
    why: 'app.go:292 fails on anything else',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(headers);
      await client.send('POST', '/v2/apps', { id, cmd: 'x' });
      ctl.readDestroyed(await client.send('DELETE', `/v2/apps/${escaped}`));
      const again = await client.send('DELETE', `/v2/apps/${escaped}`);
      t.throws(() => ctl.readDestroyed(again), { message: 'destroy app bad status 404' });
    },
  },
  {
    name: 'task list and kill',
    why: 'one app, one host, one task: each in the query or the path',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      await client.send('POST', '/v2/apps', { id, cmd: 'x', instances: 2 });
      const [one] = await scheduler.run(id);
      t.equal(unmarshal(tasks, (await client.send('GET', '/v2/tasks')).text).tasks.length, 2);
      const killed = await client.send('DELETE', `/v2/apps/${escaped}/tasks/${ctl.queryEscape(one?.taskId ?? '')}`);
      t.equal(killed.status, 200);
      t.equal((await client.send('DELETE', `/v2/apps/${escaped}/tasks?host=10.0.0.1`)).status, 200);
    },
  },
  {
    name: 'group create, list, update, destroy',
    why: 'the answer to destroy must hold texts only: it is read into a map[string]string',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(headers);
      const body =
        '{"id": "/prod", "groups": [{"id": "/prod/db", "apps": [{"id": "mysql", "cmd": "x", "instances": 0}]}]}';
      const created = await client.send('POST', '/v2/groups', body);
      t.equal(created.status, 201, created.text);
      t.equal((await client.send('POST', '/v2/groups', body)).status, 409);
      await settled(scheduler);
      const listed = unmarshal(group, (await client.send('GET', `/v2/groups/${ctl.queryEscape('/prod')}`)).text);
      t.match(listed, { id: '/prod', groups: [{ id: '/prod/db', apps: [{ id: '/prod/db/mysql' }] }] });
      const updated = await client.send('PUT', `/v2/groups/${ctl.queryEscape('/prod/db')}`, '{"apps": []}');
      t.match(ctl.readUpdate(updated), { version: /Z$/ });
      await settled(scheduler);
      t.match(ctl.readDestroyedGroup(await client.send('DELETE', '/v2/groups/%2Fprod')), /Z$/);
      const again = await client.send('DELETE', '/v2/groups/%2Fprod');
      t.throws(() => ctl.readDestroyedGroup(again), { message: 'unknown group' });
    },
  },
  {
    name: 'deploy list and cancel, marathon leader and ping',
    why: 'what is left of its commands',
    run: async (t) => {
      const client = (await serveScheduler(t)).client(headers);
      await client.send('POST', '/v2/apps', { id, cmd: 'x' });
      const [running] = unmarshal(goSlice(deployment), (await client.send('GET', '/v2/deployments')).text);
      t.match(running, { affectedApps: [id], currentStep: 2, totalSteps: 2 });
      const cancelled = await client.send('DELETE', `/v2/deployments/${running?.id}`);
      t.match(ctl.readUpdate(cancelled), { deploymentId: /-/ });
      t.same((await client.send('GET', '/v2/leader')).json(), { leader: 'leader.example:8080' });
      t.equal((await client.send('GET', '/ping')).status, 200);
    },
  },
]);

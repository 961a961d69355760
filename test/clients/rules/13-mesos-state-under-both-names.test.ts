import t from 'tap';
import { runCluster } from '../../cluster/master/running-cluster.js';
import { runCases } from '../support/cases.js';

interface MesosState {
  readonly leader: string;
  readonly slaves: readonly { readonly id: string; readonly hostname: string; readonly pid: string }[];
  readonly frameworks: readonly { readonly name: string; readonly tasks: readonly object[] }[];
}

await runCases(t, "rule 13, the embedded cluster's /master/state under both names, /master/redirect", [
  {
    name: 'the state under its new and its old name',
    why: 'Mesos-DNS asks for /master/state, mesos-consul for /master/state.json',
    run: async (t) => {
      const { base, masterPort, handle } = await runCluster();
      t.teardown(() => handle.stop('everything'));
      const texts: string[] = [];
      for (const path of ['/master/state', '/master/state.json', '/state', '/state.json']) {
        const response = await fetch(`${base}${path}`, { headers: { accept: 'application/json' } });
        t.equal(response.status, 200, path);
        t.equal(response.headers.get('content-type'), 'application/json', path);
        texts.push(await response.text());
      }
      const [state] = texts.map((text) => JSON.parse(text) as MesosState);
      t.equal(state?.leader, `master@127.0.0.1:${masterPort}`, 'as Mesos-DNS takes it apart');
      t.match(state?.slaves[0], { id: String, hostname: '127.0.0.1', pid: /^slave\(1\)@127\.0\.0\.1:\d+$/ });
      t.ok(Array.isArray(state?.frameworks));
    },
  },
  {
    name: 'the redirect leads to the leader, without a scheme',
    why: 'clients that know any master follow it to the leading one',
    run: async (t) => {
      const { base, masterPort, handle } = await runCluster();
      t.teardown(() => handle.stop('everything'));
      for (const path of ['/master/redirect', '/redirect']) {
        const response = await fetch(`${base}${path}`, { redirect: 'manual' });
        t.equal(response.status, 307, path);
        t.equal(response.headers.get('location'), `//127.0.0.1:${masterPort}`, path);
        const followed = await fetch(`${base}${path}`);
        t.ok(followed.url.startsWith(base), followed.url);
        await followed.body?.cancel();
      }
    },
  },
]);

import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { sharedPath } from '../../support/shared.js';

interface Described {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly $ref?: string;
  readonly anyOf?: readonly Described[];
}

/** What a reference within a document (`#/$defs/Volume`) leads to. */
function targetOf(reference: string, root: Described): Described {
  const names = reference.replace(/^#\/?/, '').split('/');
  const target = names.reduce<unknown>(
    (at, name) => (name === '' ? at : (at as Readonly<Record<string, unknown>> | undefined)?.[name]),
    root,
  );
  if (target === undefined) throw new Error(`${reference} leads nowhere`);
  return target as Described;
}

/** Every way of names that leads to a member (`/healthChecks/path`); references are followed, but not into themselves. */
function memberPaths(schema: Described, root: Described = schema, open: readonly string[] = []): readonly string[] {
  const { $ref, items, anyOf = [], properties = {} } = schema;
  // Marathon's group refers to the file of its app, which is looked at by itself
  if ($ref?.startsWith('./') === true) return [];
  if ($ref !== undefined) {
    return open.includes($ref) ? [] : memberPaths(targetOf($ref, root), root, [...open, $ref]);
  }
  return [
    ...Object.entries(properties).flatMap(([name, member]) => [
      `/${name}`,
      ...memberPaths(member, root, open).map((path) => `/${name}${path}`),
    ]),
    ...[...anyOf, ...(items === undefined ? [] : [items])].flatMap((s) => memberPaths(s, root, open)),
  ];
}

t.test('the schemas are listed, and each is there', async (t) => {
  const { api } = await startFakeScheduler(t);
  const list = (await ask(api, 'GET', '/v2/schemas')).json as unknown as { schemas: { name: string; uri: string }[] };
  t.same(
    list.schemas.map(({ name }) => name),
    ['app', 'group', 'pod'],
  );
  for (const { uri } of list.schemas) {
    const { status, headers, json } = await ask(api, 'GET', uri);
    t.equal(status, 200, uri);
    t.match(headers['content-type'], /^application\/json/);
    const schema = json as unknown as Described;
    t.equal(schema.type, 'object');
    t.ok(memberPaths(schema).includes('/id'), 'every reference leads somewhere');
  }
  t.equal((await ask(api, 'GET', '/v2/schemas/other')).status, 404);
  t.equal((await ask(api, 'POST', '/v2/schemas/app', {})).status, 405);
});

const folder = sharedPath('cases/marathon/schema');
const skip = folder === undefined ? 'no cases here' : false;

t.test("members of apps and groups are described as in Marathon's own schemas", { skip }, async (t) => {
  const { api } = await startFakeScheduler(t);
  if (folder === undefined) return;
  for (const file of readdirSync(folder)) {
    const name = file.includes('Group') ? 'group' : 'app';
    const ours = (await ask(api, 'GET', `/v2/schemas/${name}`)).json as unknown as Described;
    const theirs = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Described;
    const described = new Set(memberPaths(ours));
    t.same(
      // Images of kind appc are gone since 1.5
      memberPaths(theirs).filter((path) => !described.has(path) && !path.startsWith('/container/appc')),
      [],
      file,
    );
  }
});

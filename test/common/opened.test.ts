import t from 'tap';
import { Opened } from '../../src/common/opened.js';

t.test('closes the newest first, one after the other, once', async (t) => {
  const said: string[] = [];
  const thing = (name: string): { readonly name: string; close(): Promise<void> } => ({
    name,
    async close() {
      said.push(`${name} closes`);
      await Promise.resolve();
      said.push(`${name} is closed`);
    },
  });
  const opened = new Opened();
  t.equal(opened.add(thing('store')).name, 'store');
  opened.add(thing('engine'));
  opened.onClose(async () => said.push('api'));
  await Promise.all([opened.close(), opened.close()]);
  await opened.close();
  t.same(said, ['api', 'engine closes', 'engine is closed', 'store closes', 'store is closed']);
});

t.test('one that fails keeps nothing open', async (t) => {
  const closed: string[] = [];
  const opened = new Opened();
  opened.onClose(async () => closed.push('first'));
  opened.onClose(() => Promise.reject(new Error('later')));
  opened.onClose(() => {
    throw new Error('at once');
  });
  opened.onClose(async () => closed.push('last'));
  await t.rejects(opened.close(), { message: 'at once' });
  t.same(closed, ['last', 'first']);
});

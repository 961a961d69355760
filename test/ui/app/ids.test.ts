import t from 'tap';
import { containerOf, instanceIdOf, shortId, shortVersion } from '../../../src/ui/pages/app/short-id.js';
import { similarIds } from '../../../src/ui/pages/app/similar-ids.js';

const uuid = '36886325-a04e-415f-aef6-ff757b31737e';

t.test('ids of tasks and instances, as lists show them', (t) => {
  t.equal(shortId(`prod_web.instance-${uuid}._app.1`), '36886325');
  t.equal(shortId(`prod_web.instance-${uuid}._app.12`), '36886325 #12', 'a resident that was launched again');
  t.equal(shortId(`prod_web.instance-${uuid}`), '36886325');
  t.equal(shortId(`web.${uuid}`), '36886325', 'of older Marathons');
  t.equal(shortId('hello'), 'hello');
  t.equal(shortId('x'.repeat(30)), `…${'x'.repeat(23)}`);

  t.equal(instanceIdOf(`prod_web.instance-${uuid}._app.12`), `prod_web.instance-${uuid}`);
  t.equal(instanceIdOf(`prod_web.instance-${uuid}`), `prod_web.instance-${uuid}`);
  t.equal(containerOf(`pod.instance-${uuid}.side.1`), 'side');
  t.equal(containerOf(`web.instance-${uuid}._app.1`), undefined);
  t.equal(shortVersion('2026-11-21T06:35:37.882Z'), '11-21 06:35:37');
  t.equal(shortVersion('unknown'), 'unknown');
  t.end();
});

t.test('ids that somebody may have meant', (t) => {
  const known = ['/prod/web', '/prod/api', '/prod/db', '/staging/web', '/prod/webserver', '/many'];
  t.equal(similarIds('/prod/webb', known)[0], '/prod/web');
  t.equal(similarIds('/prod/webb', known).includes('/prod/webserver'), true);
  t.equal(similarIds('/web', known).includes('/staging/web'), true, 'the same name in another group');
  t.equal(similarIds('/prod/webb', known).includes('/prod/db'), false, 'the same group is not enough');
  t.same(similarIds('/zzz', known), []);
  t.equal(
    similarIds(
      '/a/web',
      Array.from({ length: 50 }, (_, i) => `/${i}/web`),
    ).length,
    5,
  );
  t.end();
});

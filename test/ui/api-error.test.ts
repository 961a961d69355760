import t from 'tap';
import { errorOf } from '../../src/ui/http/api-error.js';

t.test('errors in the forms that the servers give them', (t) => {
  const invalid = errorOf(
    422,
    'Unprocessable Entity',
    '{"message":"Object is not valid","details":[{"path":"/id","errors":["must not be empty","error.x"]},{"error":"no path"}]}',
  );
  t.match(invalid, { status: 422, message: 'Object is not valid', deployments: [] });
  t.same(invalid.details, [
    { path: '/id', errors: ['must not be empty', 'error.x'] },
    { path: '/', errors: ['no path'] },
  ]);
  const locked = errorOf(
    409,
    'Conflict',
    '{"message":"App is locked by one or more deployments.","deployments":[{"id":"d1"}]}',
  );
  t.same(locked.deployments, ['d1']);
  t.match(errorOf(400, 'Bad Request', 'acl: unknown fetch\n'), { status: 400, message: 'acl: unknown fetch' });
  t.match(
    errorOf(502, 'Bad Gateway', '<html>oops</html>'),
    { message: '502 Bad Gateway' },
    'pages of proxies are not shown',
  );
  t.match(errorOf(503, 'Service Unavailable', ''), { message: '503 Service Unavailable' });
  t.match(errorOf(500, '', '[1]'), { message: '[1]' });
  t.end();
});

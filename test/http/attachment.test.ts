import t from 'tap';
import { attachment } from '../../src/http/attachment.js';

t.test('names of files in a header', (t) => {
  const cases = [
    ['stdout', 'attachment; filename=stdout'],
    ['a b.log', `attachment; filename="a b.log"; filename*=UTF-8''a%20b.log`],
    ['a"b\\c', `attachment; filename="a\\"b\\\\c"; filename*=UTF-8''a%22b%5Cc`],
    ['ü\r\n*', `attachment; filename="___*"; filename*=UTF-8''%C3%BC%0D%0A%2a`],
    [`;%41'`, `attachment; filename=";%41'"; filename*=UTF-8''%3B%2541%27`],
    ['\ud800', `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`],
  ] as const;
  for (const [name, header] of cases) t.equal(attachment(name), header);
  t.end();
});

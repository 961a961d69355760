import t from 'tap';
import { attachmentOf, mediaTypeOf } from '../../src/http/media-type.js';

t.test('media types by the ending of the name', async (t) => {
  t.equal(mediaTypeOf('app-1.2.tar.gz'), 'application/gzip');
  t.equal(mediaTypeOf('A.JSON'), 'application/json');
  for (const name of ['', 'run', 'x.', 'x.unheard-of', 'x.constructor']) {
    t.equal(mediaTypeOf(name), 'application/octet-stream', name);
  }
});

t.test('a name in Content-Disposition cannot leave it', async (t) => {
  t.equal(attachmentOf('a b.tgz'), `attachment; filename="a b.tgz"; filename*=UTF-8''a%20b.tgz`);
  t.equal(
    attachmentOf(`"ü;\r\n%41'\\`),
    `attachment; filename="__;___41'_"; filename*=UTF-8''%22%C3%BC%3B%0D%0A%2541%27%5C`,
  );
});

import t from 'tap';
import { mediaTypeOf } from '../../src/http/media-type.js';

t.test('media types by the ending of the name', async (t) => {
  t.equal(mediaTypeOf('app-1.2.tar.gz'), 'application/gzip');
  t.equal(mediaTypeOf('A.JSON'), 'application/json');
  for (const name of ['', 'run', 'x.', 'x.unheard-of', 'x.constructor']) {
    t.equal(mediaTypeOf(name), 'application/octet-stream', name);
  }
});

import t from 'tap';
import { fragmentOf, matchSegments, parseFragment } from '../../src/ui/router/match.js';

t.test('what stands behind # in the address', (t) => {
  t.same(parseFragment(''), { segments: [], query: {} });
  t.same(parseFragment('#/apps/%2Fprod%2Fweb/timeline?sort=cpus&q=a%20b'), {
    segments: ['apps', '/prod/web', 'timeline'],
    query: { sort: 'cpus', q: 'a b' },
  });
  t.same(parseFragment('#/apps/100%'), { segments: ['apps', '100%'], query: {} }, 'typed by hand');
  for (const segments of [
    ['apps'],
    ['apps', '/a/b', 'x y'],
    ['dns', '_web._tcp.marathon.mesos'],
    ['a?b', 'c#d', 'é%'],
  ]) {
    t.same(parseFragment(fragmentOf(segments, { q: 'x&y=z?#', none: undefined, empty: '' })), {
      segments,
      query: { q: 'x&y=z?#' },
    });
  }
  t.end();
});

t.test('patterns of pages', (t) => {
  const pattern = ['apps', ':id', ':tab?'];
  t.same(matchSegments(pattern, ['apps', '/web']), { id: '/web' });
  t.same(matchSegments(pattern, ['apps', '/web', 'timeline']), { id: '/web', tab: 'timeline' });
  t.equal(matchSegments(pattern, ['apps']), undefined);
  t.equal(matchSegments(pattern, ['group', '/web']), undefined);
  t.equal(matchSegments(pattern, ['apps', '/web', 'timeline', 'more']), undefined);
  t.same(matchSegments([], []), {});
  t.end();
});

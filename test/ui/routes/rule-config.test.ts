import t from 'tap';
import { bodyOf, bodyWithPriority, changedSettings, draftOf } from '../../../src/ui/pages/routes/rule-config.js';

t.test('a rule, its form, and what is sent', (t) => {
  const rule = {
    id: '/old',
    acl: 'path_beg /old',
    config: { Acl: 'path_beg /old', priority: '5', SERVERS: '10.0.0.7:80, 10.0.0.8:80', Note: 'kept' },
  };
  const draft = draftOf(rule);
  t.same(draft, { id: '/old', acl: 'path_beg /old', priority: '5', servers: '10.0.0.7:80\n10.0.0.8:80', port: '' });
  t.same(
    bodyOf({ ...draft, acl: ' path_beg /new ', port: '1' }, rule.config),
    {
      id: '/old',
      config: {
        Acl: 'path_beg /new',
        Note: 'kept',
        priority: '5',
        SERVERS: '10.0.0.7:80,10.0.0.8:80',
        Port: '1',
      },
    },
    'settings keep the spelling of their names, others are kept',
  );
  t.same(bodyOf({ ...draft, priority: ' ', servers: '\n' }, rule.config).config, {
    Acl: 'path_beg /old',
    Note: 'kept',
  });
  t.equal(bodyWithPriority(rule, -3).config['priority'], '-3');
  t.notOk('priority' in bodyWithPriority(rule, 0).config);
  t.same(bodyOf({ id: ' /x ', acl: 'src 10.0.0.1', priority: '', servers: '', port: '' }), {
    id: '/x',
    config: { Acl: 'src 10.0.0.1' },
  });
  t.end();
});

t.test('what a change has changed', (t) => {
  t.same(changedSettings({ Acl: 'a', Priority: '1' }, { Acl: 'b', Priority: '1', Port: '' }), [
    { key: 'Acl', before: 'a', after: 'b' },
    { key: 'Port', before: null, after: '' },
  ]);
  t.same(changedSettings(null, { Acl: 'a' }), [{ key: 'Acl', before: null, after: 'a' }]);
  t.same(changedSettings({ Acl: 'a' }, null), [{ key: 'Acl', before: 'a', after: null }]);
  t.end();
});

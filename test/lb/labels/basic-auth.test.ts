import t from 'tap';
import { readBasicAuth } from '../../../src/lb/labels/basic-auth.js';

const hash = '$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA';

t.test('realm, user and hash', (t) => {
  t.same(readBasicAuth(`Private Area:alice:${hash}`), { realm: 'Private Area', user: 'alice', passwordHash: hash });
  const kinds = ['$6$rounds=1000$salt', '$2b$10$', '$2y$10$', '$2a$10$', '$y$j9T$'];
  for (const kind of kinds) t.doesNotThrow(() => readBasicAuth(`r:u:${kind}${'a'.repeat(40)}`), kind);
  t.end();
});

t.test('what is none of that, told without the secret', (t) => {
  const cases = [
    '',
    'just-one',
    'a:b',
    'a:b:',
    `a:b:${hash}:d`,
    `x" if TRUE || { always_true } #:u:${hash}`,
    `a\n:u:${hash}`,
    `a:u ser:${hash}`,
    `:u:${hash}`,
    'a:u:plain-password-of-somebody',
    'a:u:$1$salt$aaaaaaaaaaaaaaaaaaaaaa',
    `a:u:$5$a$b`,
    `a:u:${hash}\n  http-request deny`,
  ];
  for (const text of cases) {
    try {
      readBasicAuth(text);
      t.fail(JSON.stringify(text));
    } catch (error) {
      t.match(error, { name: 'SettingError', message: /realm:user:hash|realm is not|user is not|not a hash/ });
      t.notMatch(error, { message: /plain-password|saltsalt/ });
    }
  }
  t.end();
});

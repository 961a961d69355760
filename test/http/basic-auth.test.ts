import t from 'tap';
import { createBasicAuth } from '../../src/http/basic-auth.js';

function header(user: string, password: string, encoding: BufferEncoding = 'utf8'): string {
  return `Basic ${Buffer.from(`${user}:${password}`, encoding).toString('base64')}`;
}

t.test('only the right user with the right password', (t) => {
  const auth = createBasicAuth({
    user: 'cptPicard',
    password: 'topSecretPa$$word',
    realm: 'Mesosphere',
  });
  t.equal(auth.challenge, 'Basic realm="Mesosphere"');
  t.ok(auth.admits(header('cptPicard', 'topSecretPa$$word')));
  t.ok(auth.admits(header('cptPicard', 'topSecretPa$$word').replace('Basic', 'basic')), 'the scheme has no case');
  for (const wrong of [
    undefined,
    '',
    'Basic',
    'Basic ',
    'Basic !!!',
    'Bearer x',
    header('cptPicard', 'topSecretPa$$wor'),
    header('cptPicard', 'topSecretPa$$word '),
    header('cptpicard', 'topSecretPa$$word'),
    header('', ''),
    `${header('cptPicard', 'topSecretPa$$word')} x`,
    `Digest ${header('cptPicard', 'topSecretPa$$word')}`,
  ]) {
    t.notOk(auth.admits(wrong), String(wrong));
  }
  t.end();
});

t.test('colons and letters beyond ASCII in the password', (t) => {
  const colons = createBasicAuth({ user: 'a', password: 'b:c:', realm: 'r' });
  t.ok(colons.admits(header('a', 'b:c:')));
  t.notOk(colons.admits(header('a', 'b')));
  const umlaut = createBasicAuth({ user: 'jörg', password: 'pässword', realm: 'r' });
  t.ok(umlaut.admits(header('jörg', 'pässword')));
  t.ok(umlaut.admits(header('jörg', 'pässword', 'latin1')), 'as clients wrote it before UTF-8');
  const beyond = createBasicAuth({ user: 'a', password: '日本', realm: 'r' });
  t.ok(beyond.admits(header('a', '日本')));
  t.notOk(beyond.admits(header('a', '日本', 'latin1')), 'what Latin-1 cannot hold is not cut to fit');
  t.end();
});

t.test('a realm is quoted', (t) => {
  const { challenge } = createBasicAuth({ user: 'a', password: 'b', realm: 'a "b" \\ c\r\nSet-Cookie: x 日' });
  t.equal(challenge, 'Basic realm="a \\"b\\" \\\\ c??Set-Cookie: x ?"');
  t.end();
});

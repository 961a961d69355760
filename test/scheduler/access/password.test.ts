import { createHash } from 'node:crypto';
import t from 'tap';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { basicCredentialsOf } from '../../../src/scheduler/api/access/basic-credentials.js';
import { createPasswordVerifier } from '../../../src/scheduler/api/access/password-verifier.js';
import { hashPassword, parsePasswordHash, verifyPassword } from '../../../src/scheduler/api/access/password.js';

t.test('a password is known by its hash', async (t) => {
  const text = await hashPassword('s3cret:ü');
  t.match(text, /^scrypt:15:8:1:[\w-]{22}:[\w-]{43}$/);
  t.not(await hashPassword('s3cret:ü'), text, 'salted');
  t.equal(await verifyPassword(parsePasswordHash(text), 's3cret:ü'), true);
  t.equal(await verifyPassword(parsePasswordHash(text), 's3cret:u'), false);
  const token = parsePasswordHash(`sha256:${createHash('sha256').update('token').digest('hex')}`);
  t.equal(await verifyPassword(token, 'token'), true);
  t.equal(await verifyPassword(token, 'Token'), false);
  t.equal(await verifyPassword(undefined, ''), false);
});

t.test('hashes that are none', async (t) => {
  const salt = 'a'.repeat(22);
  for (const [text, reason] of [
    ['secret', /neither/],
    ['sha256:abc', /neither/],
    [`scrypt:15:8:1:${salt}:short`, /neither/],
    [`scrypt:9:8:1:${salt}:${salt}`, /costs are out of range/],
    [`scrypt:15:8:9:${salt}:${salt}`, /costs are out of range/],
    [`scrypt:15:0:1:${salt}:${salt}`, /costs are out of range/],
    [`scrypt:30:8:1:${salt}:${salt}`, /would take 1048576 MiB/],
  ] as const) {
    t.throws(() => parsePasswordHash(text), { message: reason }, text);
    if (text === 'secret') t.throws(() => parsePasswordHash(text), { message: /^(?!.*secret)/ }, 'is not repeated');
  }
});

t.test('right passwords are remembered, wrong ones are not, and few are tried at a time', async (t) => {
  const known = parsePasswordHash(`sha256:${'0'.repeat(64)}`);
  const other = parsePasswordHash(`sha256:${'1'.repeat(64)}`);
  let tries = 0;
  let running = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const verifier = createPasswordVerifier(async (_hash, password) => {
    tries += 1;
    most = Math.max(most, (running += 1));
    if (password === 'slow') await new Promise<void>((resolve) => waiting.push(resolve));
    running -= 1;
    return password === 'right';
  });
  t.equal(await verifier.verify(known, 'right'), true);
  t.equal(await verifier.verify(known, 'right'), true);
  t.equal(tries, 1);
  t.equal(await verifier.verify(other, 'right'), true);
  t.equal(tries, 2, 'another hash, another try');
  t.equal(await verifier.verify(known, 'wrong'), false);
  t.equal(await verifier.verify(known, 'wrong'), false);
  t.equal(tries, 4);
  t.equal(await verifier.verify(known, 'x'.repeat(2000)), false);
  t.equal(tries, 4, 'too long to be looked at');
  await Promise.all([1, 2, 3].map(() => verifier.verify(known, 'at once')));
  t.equal(tries, 5, 'the same question at the same time is one try');

  const slow = Array.from({ length: 66 }, (_, i) =>
    verifier.verify(parsePasswordHash(`sha256:${String(i).padStart(64, 'a')}`), 'slow'),
  );
  await t.rejects(
    verifier.verify(known, 'another'),
    new ApiError(503, 'Too many passwords are being checked (66, which is the limit): send the request again'),
  );
  t.equal(await verifier.verify(known, 'right'), true, 'who is known is not held up');
  while (running > 0 || waiting.length > 0) {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.same(new Set(await Promise.all(slow)), new Set([false]));
  t.equal(most, 2);
});

t.test('basic credentials', async (t) => {
  const of = (text: string | Buffer): unknown => basicCredentialsOf(`Basic ${Buffer.from(text).toString('base64')}`);
  t.same(of('alice:a:b'), { user: 'alice', password: 'a:b' });
  t.same(of('alice:'), { user: 'alice', password: '' });
  t.same(of('ä:ö'), { user: 'ä', password: 'ö' });
  t.same(of(Buffer.from('ä:ö', 'latin1')), { user: 'ä', password: 'ö' });
  t.equal(of('alice'), undefined);
  for (const header of [undefined, '', 'Basic', 'Basic !', 'Bearer YTpi', `Basic YTpi, Basic YTpi`]) {
    t.equal(basicCredentialsOf(header), undefined, String(header));
  }
});

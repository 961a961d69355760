import t from 'tap';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateList } from '../../../src/lb/certificates/certificate-list.js';
import { openCertificates } from '../../../src/lb/certificates/certificates.js';
import type { Certificates } from '../../../src/lb/certificates/certificates.js';
import { makeSelfSigned } from '../../../src/lb/certificates/self-signed.js';
import { memoryLogger } from '../../support/memory-logger.js';
import { waitFor } from '../../support/wait.js';

const day = 86_400_000;

function pem(names: readonly string[], days = 30): string {
  return makeSelfSigned(names, { from: new Date(Date.now() - 60 * day), until: new Date(Date.now() + days * day) });
}

function opened(
  t: { teardown: (end: () => unknown) => unknown },
  directory: string,
  paths: readonly string[],
): Promise<Certificates> {
  return openCertificates({
    paths: paths.map((path) => join(directory, path)),
    directory: join(directory, 'own'),
    logger: memoryLogger().logger,
    onChange: () => undefined,
  }).then((certificates) => {
    t.teardown(() => certificates.close());
    return certificates;
  });
}

t.test('one that is made', async (t) => {
  const directory = t.testdir();
  const made = await opened(t, directory, []);
  t.equal(made.list.length, 1);
  const text = readFileSync(made.list[0]?.path ?? '', 'utf8');
  const certificate = new X509Certificate(text);
  t.ok(certificate.verify(certificate.publicKey));
  t.equal(certificate.checkHost('localhost'), 'localhost');
  t.equal((await opened(t, directory, [])).list[0]?.fingerprint, made.list[0]?.fingerprint, 'it is kept');
});

t.test('files and directories, what is bad left out', async (t) => {
  const shop = pem(['shop.example.org', '*.shop.example.org']);
  const [certificate = '', key = ''] = pem(['b.example.org']).split(/(?=-----BEGIN PRIVATE)/);
  const directory = t.testdir({
    'shop.pem': shop,
    'old.pem': pem(['old.example.org'], -1),
    dir: { 'b.pem': certificate, 'b.pem.key': key, 'c.pem': certificate, 'd.txt': 'x', '.hidden': 'x' },
  });
  const certificates = await opened(t, directory, ['shop.pem', 'old.pem', 'dir', 'none.pem']);
  const at = (path: string): string => join(directory, path);
  t.same(
    certificates.list.map((c) => [c.path, c.names]),
    [
      [at('shop.pem'), ['shop.example.org', '*.shop.example.org']],
      [at('dir/b.pem'), ['b.example.org']],
    ],
  );
  t.match(certificates.reports, [
    { kind: 'certificate', id: at('old.pem'), reason: /expired/ },
    { id: at('dir/c.pem'), reason: /no private key/ },
    { id: at('dir/d.txt'), reason: /no private key/ },
    { id: at('none.pem'), reason: 'there is no such file' },
  ]);
  t.equal(certificates.byName.get('shop'), at('shop.pem'));
  t.equal(certificates.byName.get('b.pem'), at('dir/b.pem'));
  t.equal(certificates.byName.get(at('dir/b.pem')), at('dir/b.pem'));

  const before = certificates.list;
  copyFileSync(at('shop.pem'), at('dir/e.pem'));
  await waitFor('the change', () => certificates.list.length === 3);
  t.not(certificates.list, before);
  writeFileSync(at('shop.pem'), pem(['new.example.org']));
  await waitFor('the change', () => certificates.list[0]?.names[0] === 'new.example.org');
  rmSync(at('dir/b.pem.key'));
  await waitFor('the change', () => certificates.list.length === 2);

  const list = (onlyNames: readonly string[] | null): string | undefined =>
    certificateList(
      { bind: '', steps: [], statsPath: null, certificates: certificates.list, onlyNames },
      certificates.list,
    )?.text;
  t.equal(list(null), undefined);
  t.equal(
    list(['a.shop.example.org', 'x.example.org']),
    `${at('dir/e.pem')} a.shop.example.org\n${at('shop.pem')} x.example.org\n`,
  );
  t.equal(list([]), `${at('shop.pem')} none.invalid\n`);
});

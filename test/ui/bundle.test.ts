import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import t from 'tap';

const root = 'dist/ui';
const names = readdirSync(root, { recursive: true }).map(String);
const maxBytes = 120_000;

t.test('all that a browser may ever load of the interface is small', (t) => {
  const sent = names.filter((name) => /\.(js|css|svg|html)\.gz$/.test(name));
  const sizes = sent.map((name) => [name, readFileSync(`${root}/${name}`).length] as const);
  const bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
  t.comment(`${sizes.length} files, ${bytes} bytes with gzip`);
  t.ok(sizes.length > 2);
  t.ok(bytes <= maxBytes, `${bytes} bytes are at most ${maxBytes}`);
  t.end();
});

t.test('what is sent to clients that take gzip is the same', (t) => {
  for (const name of names.filter((name) => /\.(js|css|svg|html)$/.test(name))) {
    t.ok(readFileSync(`${root}/${name}`).equals(gunzipSync(readFileSync(`${root}/${name}.gz`))), name);
  }
  t.end();
});

t.test('pages hold nothing that their policy forbids', (t) => {
  for (const page of ['index.html', 'rules.html']) {
    const html = readFileSync(`${root}/${page}`, 'utf8');
    t.notMatch(html, /<script(?![^>]*\bsrc=)/, `${page}: no script in the page`);
    t.notMatch(html, /<style|\sstyle=|\son\w+=/, `${page}: no styles and no handlers in the page`);
    const addresses = [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? '');
    t.ok(addresses.length > 2);
    for (const address of addresses) t.match(address, /^\.\.?\//, `${page}: ${address} is found wherever the page is`);
  }
  t.end();
});

import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import t from 'tap';

const root = 'dist/ui';
const names = readdirSync(root, { recursive: true }).map(String);
const maxPageBytes = 120_000;
const maxAllBytes = 200_000;

/** What vite writes of each file: what it needs to begin with, and what it may load later. */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
  readonly isEntry?: boolean;
}

const manifest = JSON.parse(readFileSync(`${root}/.vite/manifest.json`, 'utf8')) as Readonly<Record<string, Chunk>>;
const style = names.filter((name) => name.endsWith('.css'));

function sizeOf(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + readFileSync(`${root}/${file}.gz`).length, 0);
}

/** The files of a chunk and all that it needs; `lazy`: and all that it may load later. */
function filesOf(key: string, lazy: boolean, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const file of chunk.css ?? []) seen.add(file);
  for (const next of chunk.imports ?? []) filesOf(next, lazy, seen);
  if (lazy) for (const next of chunk.dynamicImports ?? []) filesOf(next, true, seen);
  return seen;
}

t.test('what a browser loads of the interface is small, whatever page it opens', (t) => {
  const entries = Object.entries(manifest).filter(([, { isEntry }]) => isEntry === true);
  t.same(entries.map(([key]) => key).sort(), ['index.html', 'rules.html']);
  for (const [key, entry] of entries) {
    const first = filesOf(key, false);
    t.comment(`${key}: ${sizeOf([...first, ...style])} bytes with gzip before the page`);
    for (const page of entry.dynamicImports ?? []) {
      // With its tabs and charts, all of them
      const bytes = sizeOf(new Set([...first, ...style, ...filesOf(page, true)]));
      t.ok(bytes <= maxPageBytes, `${page}: ${bytes} bytes with gzip are at most ${maxPageBytes}`);
    }
  }
  const all = sizeOf(names.filter((name) => /\.(js|css)$/.test(name)));
  t.ok(all <= maxAllBytes, `all pages together: ${all} bytes are at most ${maxAllBytes}`);
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

// Builds the interface; used by scripts/build.mjs, and for working on it:
//   API=http://127.0.0.1:8080 npx vite src/ui --config src/ui/vite.config.mjs     then http://127.0.0.1:5173/ui/
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const target = process.env.API ?? 'http://127.0.0.1:8080';
const { version } = JSON.parse(readFileSync(resolve(root, '../../package.json'), 'utf8'));

/** Streams pass the development server as they come, and end with the page. */
const proxied = {
  target,
  timeout: 0,
  proxyTimeout: 0,
  configure(proxy) {
    proxy.on('proxyReq', (request) => request.setHeader('accept-encoding', 'identity'));
    proxy.on('proxyRes', (answer, _request, response) => response.on('close', () => answer.destroy()));
  },
};

/** Which file of styles is loaded first depends on the page: each of them says in which order the layers count. */
const layers = {
  name: 'layers',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const asset of Object.values(bundle)) {
      if (asset.type === 'asset' && asset.fileName.endsWith('.css')) {
        asset.source = `@layer base,components,pages;${asset.source}`;
      }
    }
  },
};

export default defineConfig(({ command }) => ({
  root,
  // Files are found beside the page, wherever that is mounted.
  base: command === 'build' ? './' : '/ui/',
  plugins: [preact(), layers],
  define: { 'import.meta.env.EKIDEN_VERSION': JSON.stringify(version) },
  build: {
    target: 'es2022',
    // The first that know light-dark()
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: resolve(root, '../../dist/ui'),
    emptyOutDir: true,
    // The policy of the pages allows no data: URLs but for images, and inline scripts not at all.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file of styles, and one of what all pages share: fewer and smaller than what is split by itself.
    cssCodeSplit: false,
    manifest: true,
    rolldownOptions: {
      input: [resolve(root, 'index.html'), resolve(root, 'rules.html')],
      output: {
        codeSplitting: {
          groups: [{ name: 'common', test: /src\/ui\/(?!pages\/)|node_modules\/(preact|@preact)\//, minShareCount: 2 }],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    strictPort: true,
    proxy: Object.fromEntries(
      ['/v2', '/ekiden', '/ping', '/api', '/status', '/metrics'].map((path) => [path, proxied]),
    ),
  },
}));

// Builds the interface; used by scripts/build.mjs, and for working on it:
//   API=http://127.0.0.1:8080 npx vite src/ui --config src/ui/vite.config.mjs     then http://127.0.0.1:5173/ui/
import { resolve } from 'node:path';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const target = process.env.API ?? 'http://127.0.0.1:8080';

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

export default defineConfig(({ command }) => ({
  root,
  // Files are found beside the page, wherever that is mounted.
  base: command === 'build' ? './' : '/ui/',
  plugins: [preact()],
  build: {
    target: 'es2022',
    // The first that know light-dark()
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: resolve(root, '../../dist/ui'),
    emptyOutDir: true,
    // The policy of the pages allows no data: URLs but for images, and inline scripts not at all.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [resolve(root, 'index.html'), resolve(root, 'rules.html')] },
  },
  server: {
    host: '127.0.0.1',
    strictPort: true,
    proxy: Object.fromEntries(
      ['/v2', '/ekiden', '/ping', '/api', '/status', '/metrics'].map((path) => [path, proxied]),
    ),
  },
}));

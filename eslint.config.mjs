// Typed lint rules, and the import directions of docs/architecture.md as errors.
import tseslint from 'typescript-eslint';

/** Every npm package sits behind one door: only files below the named folders may import it. */
const doors = {
  '@preact/signals': ['src/ui/**'],
  '@tanstack/virtual-core': ['src/ui/components/virtual-list.tsx'],
  '@fastify/compress': ['src/http/**'],
  '@fastify/cors': ['src/http/**'],
  '@fastify/multipart': ['src/http/**'],
  '@fastify/static': ['src/http/**'],
  '@fastify/swagger': ['src/http/**'],
  '@fastify/swagger-ui': ['src/http/**'],
  chokidar: ['src/common/watch-file.ts'],
  'classic-level': ['src/scheduler/adapters/embedded/**'],
  commander: ['src/cli/**'],
  dns2: ['src/dns/servers/**'],
  eventsource: ['src/catalog/providers/**'],
  execa: ['src/common/run-command.ts'],
  fastify: ['src/http/**'],
  handlebars: ['src/lb/render/**'],
  'ipaddr.js': ['src/common/ip-address.ts'],
  'jks-js': ['src/http/**'],
  'node-zookeeper-client': ['src/zookeeper/wire.ts'],
  'p-queue': ['src/common/concurrency.ts'],
  pino: ['src/common/logger.ts'],
  'pino-pretty': ['src/common/logger.ts'],
  'playwright-core': ['test/support/browser.ts'],
  preact: ['src/ui/**'],
  'prom-client': ['src/common/metrics.ts'],
  re2js: [
    'src/scheduler/core/match/user-regex.ts',
    'src/cluster/master/constraint-regex.ts',
    'src/lb/explain/regular-expression.ts',
  ],
  tar: ['src/cluster/agent/fetcher/**'],
  typebox: ['src/scheduler/core/validate/**', 'src/scheduler/api/openapi/**'],
  uplot: ['src/ui/components/chart.tsx'],
  undici: ['src/common/http-client.ts'],
  yauzl: ['src/cluster/agent/fetcher/**'],
};

const role = (own, ...others) => ({
  files: [`src/${own}/**`],
  patterns: [
    {
      group: [...others, 'ui'].map((o) => `**/${o}/**`),
      message: `${own} never imports another role or the command line (docs/architecture.md)`,
    },
  ],
});

/** What each folder must not import, by relative path. */
const directions = [
  {
    files: ['src/common/**'],
    patterns: [{ regex: '^\\.\\./', message: 'common imports nothing of ours' }],
  },
  role('cluster', 'scheduler', 'dns', 'lb', 'cli', 'catalog'),
  role('scheduler', 'cluster', 'dns', 'lb', 'cli'),
  role('dns', 'cluster', 'scheduler', 'lb', 'cli'),
  role('lb', 'cluster', 'scheduler', 'dns', 'cli', 'mesos'),
  role('zookeeper', 'cluster', 'scheduler', 'dns', 'lb', 'cli', 'catalog', 'http', 'mesos'),
  role('mesos', 'cluster', 'scheduler', 'dns', 'lb', 'cli', 'catalog', 'http'),
  role('catalog', 'cluster', 'scheduler', 'dns', 'lb', 'cli', 'http'),
  role('http', 'cluster', 'scheduler', 'dns', 'lb', 'cli', 'catalog', 'mesos'),
  {
    files: ['src/dns/records/**', 'src/dns/answer/**'],
    patterns: [
      { group: ['**/servers/**'], message: 'records and answers are pure' },
      { regex: '^node:(?!assert$|crypto$)', message: 'records and answers are pure' },
    ],
  },
  {
    files: ['src/lb/compile/**', 'src/lb/plan/**'],
    patterns: [
      { group: ['**/apply/**', '**/api/**'], message: 'compile and plan are pure' },
      { regex: '^node:(?!assert$|crypto$)', message: 'compile and plan are pure' },
    ],
  },
  {
    files: ['src/scheduler/core/**', 'src/scheduler/model/**'],
    patterns: [
      {
        group: ['**/api/**', '**/adapters/**', '**/ports/**', '**/mesos/**', '**/catalog/**', '**/http/**'],
        message: 'the core imports only model, core and common',
      },
      { regex: '^node:(?!assert$)', message: 'the core is pure: no node modules but assert' },
      { regex: '^(?![./]|node:|re2js$|typebox$)', message: 'the core uses no package but re2js and typebox' },
    ],
  },
];

const packageDoors = Object.entries(doors).map(([name, allowed]) => ({ name, allowed }));

/** Whether a glob, or a file, is within the folder of another glob. */
const isWithin = (glob, folder) => folder.endsWith('/**') && glob.startsWith(folder.slice(0, -2));

/** no-restricted-imports is one rule per file, so the last matching block wins: merge directions and doors per folder. */
function importRules(files, patterns) {
  const closed = packageDoors
    .filter(({ allowed }) => !allowed.some((glob) => files.some((f) => f === glob || isWithin(f, glob))))
    .map(({ name, allowed }) => ({
      regex: `^${name.replaceAll('.', '\\.')}(/.*)?$`,
      message: `${name} is used only behind its door: ${allowed.join(', ')}`,
    }));
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [...patterns, ...closed] }] } };
}

/** The patterns of all folders that contain this glob: a rule of a folder holds for its subfolders, too. */
const patternsFor = (glob) =>
  directions.filter((d) => d.files.some((f) => glob.startsWith(f.replace('**', '')))).flatMap((d) => d.patterns);

const globs = [...new Set([...directions.flatMap((d) => d.files), ...packageDoors.flatMap(({ allowed }) => allowed)])];
// Later blocks win: the deeper the folder, the later.
const blocks = globs
  .sort((x, y) => x.split('/').length - y.split('/').length)
  .map((glob) => importRules([glob], patternsFor(glob)));

export default tseslint.config(
  { ignores: ['build/**', 'dist/**', 'node_modules/**', '.tap/**', '**/*.mjs', '.ekiden/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    // tap's sub-tests are promises that tap itself awaits
    files: ['test/**'],
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/require-await': 'off' },
  },
  importRules(['src/**'], []),
  ...blocks,
  {
    files: ['src/ui/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXAttribute[name.name=/^(dangerouslySetInnerHTML|innerHTML)$/]',
          message: 'text is shown as text',
        },
        {
          selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]',
          message: 'text is shown as text',
        },
      ],
    },
  },
  {
    files: ['src/scheduler/core/**', 'src/scheduler/model/**'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'process', 'setTimeout', 'setInterval', 'fetch', 'crypto'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'randomness arrives in the input' },
      ],
      'no-restricted-syntax': [
        'error',
        'AwaitExpression',
        'FunctionDeclaration[async=true]',
        'ArrowFunctionExpression[async=true]',
      ],
    },
  },
);

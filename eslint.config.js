import tseslint from 'typescript-eslint';

/**
 * The flow of DESIGN section 2, left to right. A pure stage imports only pure stages to its left, so that what a
 * message means can be read (and tested) without a clock, a network or a store.
 */
const pureStages = [
  'message',
  'authentication',
  'alias',
  'features',
  'baseline',
  'organization',
  'score',
  'conditions',
  'decision',
  'action',
];

const impureModules = [
  'node:fs*',
  'node:net',
  'node:tls',
  'node:dns*',
  'node:http*',
  'node:child_process',
  'node:sqlite',
  'node:timers*',
  'node:worker_threads',
  'smtp-server',
  'nodemailer/lib/smtp-*',
  'mailauth*',
  'ioredis',
  'prom-client',
  'pino',
  'commander',
];

/** Files inside a pure stage's folder that are adapters: the shell of that stage. */
const adapters = [
  'src/message/attachments/attachment-reader.ts',
  'src/message/attachments/load-qr-decoder.ts',
  'src/message/attachments/reading-thread.ts',
  'src/message/attachments/reading-worker.ts',
  'src/message/attachments/running-thread.ts',
  'src/message/shielded-thread.ts',
  'src/action/arc-seal.ts',
  'src/authentication/authenticate.ts',
  'src/authentication/dmarc-check.ts',
  'src/authentication/mailauth-parts.d.ts',
  'src/authentication/public-keys.ts',
  'src/authentication/resolver.ts',
  'src/authentication/spf-check.ts',
  'src/authentication/verify-message.ts',
  'src/baseline/sqlite-store.ts',
  'src/baseline/redis-store.ts',
  'src/baseline/open-store.ts',
  'src/organization/sqlite-ledgers.ts',
  'src/organization/redis-ledgers.ts',
  'src/organization/open-organization.ts',
];

const clock = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'A pure stage takes time as an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'A pure stage takes time as an argument.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'A pure stage is deterministic.',
  },
];

const layering = pureStages.map((stage, index) => ({
  files: [`src/${stage}/**/*.ts`],
  ignores: adapters,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: impureModules, message: 'A pure stage does no I/O; inject what it needs.' },
          {
            group: [
              ...pureStages.slice(index + 1),
              'alerts',
              'quarantine',
              'observability',
              'commands',
              'config',
            ].map((name) => `**/${name}/**`),
            message: 'A stage imports only stages to its left (DESIGN 2).',
          },
          {
            group: [
              '**/server.ts',
              '**/pipeline.ts',
              '**/main.ts',
              '**/redis/redis-*.ts',
              '**/sqlite/sqlite-file.ts',
              ...adapters.map((file) => file.replace('src/', '**/')),
            ],
            message: 'Pure stages do not see the shell.',
          },
        ],
      },
    ],
    'no-restricted-syntax': ['error', ...clock],
  },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Only main.ts touches process; pass what you need.' },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  ...layering,
  { files: ['src/main.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Scripts of the console: browsers run them as they are.
    files: ['src/console/assets/*.js'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { projectService: false } },
  },
  {
    files: ['eslint.config.js'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-exports': 'off' },
  },
);

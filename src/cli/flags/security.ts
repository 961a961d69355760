import type { FlagTable } from './flag.js';

const commands = ['up', 'scheduler'] as const;
const common = { group: 'TLS and access', commands } as const;

/** TLS of the REST API, and who may use it. */
export const securityFlags = {
  ssl_keystore_path: {
    ...common,
    kind: 'path',
    marathon: true,
    variables: ['MESOSPHERE_KEYSTORE_PATH'],
    text: 'keystore (JKS or PKCS12) with the key and certificate of the API; with its password it switches TLS on',
  },
  ssl_keystore_password: {
    ...common,
    kind: 'string',
    marathon: true,
    secret: true,
    variables: ['MESOSPHERE_KEYSTORE_PASS'],
    text: 'its password; rather in the environment than on the command line, which every user of the machine can read',
  },
  ssl_certificate_path: {
    ...common,
    kind: 'path',
    text: 'the same as PEM: certificate, followed by those between it and the root',
  },
  ssl_key_path: {
    ...common,
    kind: 'path',
    text: 'the same as PEM: private key',
  },
  http_credentials: {
    ...common,
    kind: 'credentials',
    marathon: true,
    secret: true,
    variables: ['MESOSPHERE_HTTP_CREDENTIALS'],
    text: 'user:password that every request must bring, /ping too; without a colon Ekiden does not start (Marathon would leave the API open)',
  },
  http_realm: {
    ...common,
    kind: 'string',
    marathon: true,
    text: 'what a browser names when it asks for them',
    default: 'Mesosphere',
  },
  acl_file: {
    ...common,
    kind: 'path',
    text: 'JSON file: which user may do what to which apps and groups',
  },
} as const satisfies FlagTable;

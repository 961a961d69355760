import t from 'tap';
import { readBackendDirective } from '../../../src/lb/labels/backend-directives.js';
import { splitWords } from '../../../src/lb/rules/acl-words.js';

const read = (line: string): unknown => {
  const directive = readBackendDirective(splitWords(line).map((word) => word.text));
  return directive.kind === 'line' ? directive.text : directive;
};

t.test('lines that are understood, written anew', (t) => {
  const cases: Record<string, unknown> = {
    'balance  leastconn': { kind: 'balance', balance: 'leastconn' },
    'mode HTTP': { kind: 'mode', mode: 'http' },
    'option forwardfor': 'option forwardfor',
    'no option http-keep-alive': 'no option http-keep-alive',
    'timeout server 30s': 'timeout server 30000',
    'timeout tunnel 1h': 'timeout tunnel 3600000',
    'timeout queue 500': 'timeout queue 500',
    'http-response set-header X-From-Template yes': "http-response set-header X-From-Template 'yes'",
    'http-request add-header X-A "it\'s a \\"b\\""': `http-request add-header X-A 'it'"'"'s a "b"'`,
    'http-request set-header X-A a\\ b': "http-request set-header X-A 'a b'",
    'http-request set-header X-A 100%%': "http-request set-header X-A '100%%'",
    'http-request set-header X-Real-IP %[src]': 'http-request set-header X-Real-IP %[src]',
    'http-response del-header Server': 'http-response del-header Server',
    'rspadd Strict-Transport-Security:\\ max-age=15768000':
      "http-response add-header Strict-Transport-Security 'max-age=15768000'",
    'http-request set-header X-Forwarded-Port %[dst_port]': { kind: 'nothing' },
    'http-request add-header X-Forwarded-Proto https if { ssl_fc }': { kind: 'nothing' },
  };
  for (const [line, expected] of Object.entries(cases)) t.same(read(line), expected, line);
  t.end();
});

t.test('lines that are not', (t) => {
  const cases = [
    'balance nope',
    'balance uri depth 1',
    'balance url_param id',
    'mode health',
    'maxconn 77',
    'server x 10.0.0.1:80',
    'http-request return status 200 content-type text/plain file /etc/passwd',
    'http-request lua.x',
    'http-request set-var(proc.x) str(1)',
    'http-request deny',
    'http-request set-header X-A b if TRUE',
    'http-request set-header X-A %[env(HOME)]',
    'http-request set-header X-A %ci',
    'http-request set-header X-A %%%[src]',
    'http-request set-header X-A',
    'http-request del-header X-A -m beg',
    "http-request set-header 'X A' b",
    "http-request set-header 'X#A' b",
    'http-request del-header $HOME',
    'http-request set-header Transfer-Encoding chunked',
    'http-response set-header content-length 0',
    `http-request set-header X-A ${'a'.repeat(1025)}`,
    `http-request set-header X-A "${"'".repeat(400)}"`,
    'option httpchk GET /',
    'option forwardfor except 127.0.0.1',
    'no option forwardfor',
    'no log',
    'timeout client 1s',
    'timeout server 0',
    'timeout server 30x',
    'timeout server 99d',
    'timeout server 1s 2s',
    'rspadd X-A:\\ b if TRUE',
    'rspadd nothing',
    'stick-table type ip size 1m',
    'tcp-request content reject',
    'external-check command /bin/sh',
    'errorfile 503 /etc/passwd',
    'constructor',
  ];
  for (const line of cases) t.throws(() => read(line), line);
  t.end();
});

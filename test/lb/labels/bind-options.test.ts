import t from 'tap';
import { readBindOptions } from '../../../src/lb/labels/bind-options.js';

t.test('words that are understood', (t) => {
  t.same(readBindOptions('no-sslv3 ssl-min-ver TLSv1.2'), ['no-sslv3', 'ssl-min-ver', 'TLSv1.2']);
  t.same(readBindOptions('ssl-min-ver  tlsv1.3'), ['ssl-min-ver', 'TLSv1.3']);
  t.same(readBindOptions('alpn h2,http/1.1 accept-proxy'), ['alpn', 'h2,http/1.1', 'accept-proxy']);
  t.same(readBindOptions('ciphers ECDHE+AESGCM:!aNULL maxconn 0100'), [
    'ciphers',
    'ECDHE+AESGCM:!aNULL',
    'maxconn',
    '100',
  ]);
  t.same(readBindOptions('ssl-min-ver TLSv1.1 ssl-max-ver TLSv1.2 ssl-min-ver TLSv1.2'), [
    'ssl-min-ver',
    'TLSv1.2',
    'ssl-max-ver',
    'TLSv1.2',
  ]);
  t.end();
});

t.test('words that are not', (t) => {
  const cases: Record<string, RegExp> = {
    'ssl crt /etc/ssl/ accept-proxy': /"ssl" cannot be used: TLS is turned on by SSL_CERT/,
    'crt /etc/ssl/cert.pem': /"crt" cannot be used/,
    'ca-file /etc/passwd': /"ca-file" cannot be used/,
    'uid 0': /"uid" cannot be used/,
    'process 1': /"process" cannot be used/,
    'level admin': /"level" cannot be used/,
    'no-sslv3\n  http-request return status 299': /cannot be used/,
    constructor: /cannot be used/,
    'ssl-min-ver': /is none of SSLv3/,
    'ssl-min-ver TLSv9': /is none of SSLv3/,
    'alpn h2,evil': /alpn knows h2/,
    'ciphers "${PATH}"': /is not a list of names/,
    'maxconn 0': /whole number/,
    'ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.2': /leaves no version/,
    'ssl-max-ver SSLv3': /leaves no version/,
    'no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13': /leaves no version/,
  };
  for (const [text, expected] of Object.entries(cases)) t.throws(() => readBindOptions(text), expected, text);
  t.end();
});

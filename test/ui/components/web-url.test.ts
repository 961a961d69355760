import t from 'tap';
import { shellWord } from '../../../src/ui/components/shell-word.js';
import { urlHost, webUrl } from '../../../src/ui/components/web-url.js';

t.test('only addresses of the web become links', async (t) => {
  t.equal(webUrl('https://mesos.example:5050/'), 'https://mesos.example:5050/');
  t.equal(webUrl('HTTP://mesos.example'), 'HTTP://mesos.example');
  for (const other of ['javascript:alert(1)', ' http://a', 'data:text/html,x', '//a', 'a:80', '', null, undefined, 7]) {
    t.equal(webUrl(other), undefined, String(other));
  }
});

t.test('IPv6 addresses are in brackets in URLs, once', async (t) => {
  t.equal(urlHost('::1'), '[::1]');
  t.equal(urlHost('[::1]'), '[::1]');
  t.equal(urlHost('web.local'), 'web.local');
});

t.test('words of commands mean themselves in a shell', async (t) => {
  t.equal(shellWord('http://127.0.0.1:80/a-b_c?d'), "'http://127.0.0.1:80/a-b_c?d'");
  t.equal(shellWord('_web._tcp.marathon.mesos'), '_web._tcp.marathon.mesos');
  t.equal(shellWord('/a;reboot'), "'/a;reboot'");
  t.equal(shellWord("it's"), String.raw`'it'\''s'`);
  t.equal(shellWord(''), "''");
});

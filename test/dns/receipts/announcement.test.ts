import { hostname } from 'node:os';
import t from 'tap';
import { announcementOf } from '../../../src/dns/receipts/announcement.js';

t.test('a name server is called by what tells it apart, its API by what reaches it', async (t) => {
  const of = (host: string, httpHost = host, httpOn = true): unknown =>
    announcementOf({ host, httpHost, dnsPort: 53, dnsHttpPort: 8123, httpOn });
  t.strictSame(of('10.0.0.1'), { edge: '10.0.0.1:53', role: 'dns', apiUrl: 'http://10.0.0.1:8123' });
  t.strictSame(of('127.0.0.1'), { edge: `${hostname()}:53`, role: 'dns', apiUrl: 'http://127.0.0.1:8123' });
  t.strictSame(of('0.0.0.0'), { edge: `${hostname()}:53`, role: 'dns', apiUrl: `http://${hostname()}:8123` });
  t.strictSame(of('fd00::1', '::1'), { edge: '[fd00::1]:53', role: 'dns', apiUrl: 'http://[::1]:8123' });
  t.strictSame(of('::', '::', false), { edge: `${hostname()}:53`, role: 'dns' });
});

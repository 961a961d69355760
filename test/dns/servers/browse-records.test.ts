import t from 'tap';
import type { DnsRecord } from '../../../src/dns/records/record.js';
import { RecordSet } from '../../../src/dns/records/record-set.js';
import { taskOwner } from '../../../src/dns/records/view.js';
import type { TaskKey } from '../../../src/dns/records/view.js';
import { browseRecords } from '../../../src/dns/servers/browse-records.js';

const ownerOf = (i: number) => taskOwner(`t${i}` as TaskKey);
const recordOf = (i: number): DnsRecord => ({ type: 'A', name: `n${i}.mesos`, address: '10.0.0.1' });

t.test('a name that goes and comes back while others are looked at is there once', async (t) => {
  const records = new RecordSet();
  for (let i = 0; i < 10_000; i++) records.replace(ownerOf(i), [recordOf(i)]);
  const page = browseRecords(records, { filter: '', after: '', limit: 3 });
  records.replace(ownerOf(0), []);
  records.replace(ownerOf(0), [recordOf(0)]);
  const { names, next } = await page;
  t.strictSame(
    names.map(({ name }) => name),
    ['n0.mesos', 'n1.mesos', 'n10.mesos'],
  );
  t.equal(next, 'n10.mesos');
});

// A process that saves one cluster after the other into a file, as fast as it can, so that a test can kill it at any instant.
import { saveKept } from '../../../../src/dns/keep/cluster-file.js';
import { clusterNow } from '../../../../src/dns/keep/kept-cluster.js';
import { largeView } from './views.js';

const [path = '', whose = '{}'] = process.argv.slice(2);
const { master, domain } = JSON.parse(whose) as { master: string; domain: string };
const clusters = [300, 600].map((tasks) => clusterNow(largeView(tasks), []));
for (let time = 1; ; time++) {
  for (const cluster of clusters) {
    await saveKept(path, { master, domain }, { savedAtMs: time, heardAtMs: time }, cluster);
    process.stdout.write('.');
  }
}

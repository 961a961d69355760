import { Empty } from '../../components/loading.js';

export default function DnsPage() {
  return <Empty>Nothing here.</Empty>;
}

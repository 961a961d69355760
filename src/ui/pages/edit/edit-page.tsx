import { Empty } from '../../components/loading.js';

export default function EditPage() {
  return <Empty>Nothing here.</Empty>;
}

import { Empty } from '../../../components/loading.js';
import type { AppTabProps } from '../tab-props.js';

export default function ConfigurationTab({ id }: AppTabProps) {
  return <Empty>Nothing here about {id}.</Empty>;
}

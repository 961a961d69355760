import type { AttributeValue, Offer, PortRange, RoleResources } from '../../model/offer.js';

const rangesOf = (ranges: readonly PortRange[]): readonly object[] => ranges.map(({ begin, end }) => ({ begin, end }));

/** The resources of one role; those of which there is nothing are not in the offer. */
function renderResources({ role, cpus, memMib, diskMib, gpus, ports }: RoleResources): readonly object[] {
  const amounts = Object.entries({ cpus, mem: memMib, disk: diskMib, gpus }).filter(([, scalar]) => scalar > 0);
  return [
    ...amounts.map(([name, scalar]) => ({ name, role, scalar })),
    ...(ports.length > 0 ? [{ name: 'ports', role, ranges: rangesOf(ports) }] : []),
  ];
}

function renderAttribute(name: string, attribute: AttributeValue): object {
  switch (attribute.type) {
    case 'TEXT':
      return { name, text: attribute.value };
    case 'SCALAR':
      return { name, scalar: attribute.value };
    case 'RANGES':
      return { name, ranges: rangesOf(attribute.value) };
  }
}

/** An offer as Marathon shows it (RAML's Offer). */
export function renderOffer({ id, hostname, agentId, resources, attributes }: Offer): object {
  return {
    id,
    hostname,
    agentId,
    resources: resources.flatMap(renderResources),
    attributes: Object.entries(attributes).map(([name, value]) => renderAttribute(name, value)),
  };
}

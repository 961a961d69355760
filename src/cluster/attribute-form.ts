import type { Attribute } from '../mesos/types.js';

/** An attribute in the form of Mesos' older endpoints: text and numbers as they are, ranges and sets as text. */
export function attributeValue(attribute: Attribute): string | number {
  switch (attribute.type) {
    case 'SCALAR':
      return attribute.scalar?.value ?? 0;
    case 'RANGES':
      return `[${(attribute.ranges?.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
    case 'SET':
      return `{${(attribute.set?.item ?? []).join(', ')}}`;
    case 'TEXT':
      return attribute.text?.value ?? '';
  }
}

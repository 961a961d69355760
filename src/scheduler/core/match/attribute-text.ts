import type { AttributeValue } from '../../model/offer.js';

/** A scalar as Marathon compares it: three decimals, halves to even, without trailing zeros (`3`, `3.5`, `0.333`). */
export function scalarText(value: number): string {
  const thousandths = value * 1000;
  const floor = Math.floor(thousandths);
  const rest = thousandths - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return String((up ? floor + 1 : floor) / 1000);
}

/** An agent's attribute as constraints see it (marathon.md §10): text as it is, `3.5`, `[1-2,5-9]`. */
export function attributeText(attribute: AttributeValue): string {
  switch (attribute.type) {
    case 'TEXT':
      return attribute.value;
    case 'SCALAR':
      return scalarText(attribute.value);
    case 'RANGES':
      return `[${[...attribute.value]
        .sort((a, b) => a.begin - b.begin)
        .map(({ begin, end }) => `${begin}-${end}`)
        .join(',')}]`;
  }
}

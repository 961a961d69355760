/** RFC 1035 §2.3.4, in octets; the length counts the length octet of each label and the root. */
export const maxLabelLength = 63;
const maxNameLength = 255;

/** Why `name` cannot be put on the wire; undefined when it can. */
export function wireNameProblem(name: string): string | undefined {
  if (name.length + 2 > maxNameLength) return `is longer than ${maxNameLength} octets`;
  if (!/^[ -~]*$/.test(name)) return 'has characters outside ASCII';
  for (const label of name.split('.')) {
    if (label === '') return 'has an empty label';
    if (label.length > maxLabelLength) return `has a label longer than ${maxLabelLength} octets`;
  }
  return undefined;
}

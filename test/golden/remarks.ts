/** Members of an object as `name=value`, in their order; texts as they are, anything else as JSON. */
export function remarksOf(object: object): string {
  return Object.entries(object)
    .map(([name, value]: [string, unknown]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

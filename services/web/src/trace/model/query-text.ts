/** A condition of the query language: an attribute has this value. */
export function condition(scope: 'span' | 'resource', key: string, value: string): string {
  const name = /^[A-Za-z_][\w.-]*$/.test(key) ? `${scope}.${key}` : `${scope}.${JSON.stringify(key)}`;
  return `${name} = ${JSON.stringify(value)}`;
}

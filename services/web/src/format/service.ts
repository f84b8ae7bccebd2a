export interface Service {
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
}

/** Twelve hues that are told apart in both themes, also with red-green blindness: lightness differs, too. */
const tones = 12;

/** The colour of a service, the same on every page: a custom property of the theme. */
export function serviceColor(name: string): string {
  // FNV-1a: short names that differ in one letter are to differ in colour.
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return `var(--tone${(hash >>> 0) % tones})`;
}

/** Whether services are of more than one environment: two may have the same name then. */
export function hasSeveral(services: readonly (Service | null)[]): boolean {
  return new Set(services.flatMap((service) => service?.environment ?? [])).size > 1;
}

/** `shop/cart`, or the name alone where no namespace is known. */
export function serviceName({ namespace, name }: Service): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

export interface Service {
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
}

/** Twelve hues that are told apart in both themes, also with red-green blindness: lightness differs, too. */
const tones = 12;

/** What is cut out of the colour: two services of one colour are told apart by it, whoever sees colours how. */
export const marks = ['plain', 'diagonal', 'middle', 'upright'] as const;
export type Mark = (typeof marks)[number];

/** How a service looks on every page. */
export interface ServiceLook {
  /** A custom property of the theme. */
  readonly color: string;
  readonly mark: Mark;
}

export function serviceLook(name: string): ServiceLook {
  // FNV-1a: short names that differ in one letter are to differ in colour.
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  const whole = hash >>> 0;
  return {
    color: `var(--tone${whole % tones})`,
    // Of other bits than the colour.
    mark: marks[(whole >>> 20) % marks.length] ?? 'plain',
  };
}

/** The colour and mark of a service as a background: marked where it begins, and so is a bar of 2 px. */
export function serviceFill(name: string): string {
  const { color, mark } = serviceLook(name);
  return mark === 'plain' ? color : `linear-gradient(${color}, ${color}) 12px 0 no-repeat, ${pattern(color, mark)}`;
}

function pattern(color: string, mark: Exclude<Mark, 'plain'>): string {
  switch (mark) {
    case 'diagonal':
      return `repeating-linear-gradient(135deg, ${color} 0 3px, var(--card) 3px 5px)`;
    case 'middle':
      return `linear-gradient(${color} 0 36%, var(--card) 36% 64%, ${color} 64%)`;
    case 'upright':
      return `repeating-linear-gradient(90deg, ${color} 0 2px, var(--card) 2px 4px)`;
  }
}

/** Whether services are of more than one environment: two may have the same name then. */
export function hasSeveral(services: readonly (Service | null)[]): boolean {
  return new Set(services.flatMap((service) => service?.environment ?? [])).size > 1;
}

/** `shop/cart`, or the name alone where no namespace is known. */
export function serviceName({ namespace, name }: Service): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

import { serviceLook } from '../format/service.ts';

const resolved = new Map<string, string>();
let resolvedFor = '';

/** What a colour of the theme is now, for a canvas, which knows no custom properties. */
export function resolveColor(name: string, isService = false): string {
  const theme = document.documentElement.dataset['theme'] ?? '';
  if (theme !== resolvedFor) {
    resolved.clear();
    resolvedFor = theme;
  }
  const key = isService ? `service ${name}` : name;
  const known = resolved.get(key);
  if (known !== undefined) return known;
  const property = (isService ? serviceLook(name).color : name).slice('var('.length, -1);
  const color = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
  resolved.set(key, color);
  return color;
}

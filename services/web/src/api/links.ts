import type { SettingsAnswer } from './answers.ts';

export type LinkTemplate = SettingsAnswer['links'][number];

/**
 * The address of a link: the template with the values of its fields, encoded. Null where one of them is
 * missing, or where it would lead to anything but a web page on the host of the template.
 */
export function linkUrl(template: LinkTemplate, valueOf: (field: string) => string | undefined): string | null {
  const values = new Map(template.fields.map((field) => [field, valueOf(field)]));
  if ([...values.values()].some((value) => value === undefined || value === '')) return null;
  const url = template.url.replaceAll(/\{([^{}]*)\}/g, (_, field: string) =>
    encodeURIComponent(values.get(field) ?? ''),
  );
  if (!URL.canParse(url)) return null;
  return /^https?:$/.test(new URL(url).protocol) ? url : null;
}

/** The values of `{name}` segments, by name. */
export type PathParameters = Readonly<Record<string, string>>;

/** What `path` has for each `{name}` of `template`, or null where they do not fit. */
export function matchPath(template: string, path: string): PathParameters | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const value = given[i] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      if (segment !== value) return null;
    } else {
      if (value === '') return null;
      parameters[name] = value;
    }
  }
  return parameters;
}

/** `template` with each `{name}` replaced. Throws for a name without a value. */
export function fillPath(template: string, parameters: PathParameters): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`${template} needs ${name}`);
    return encodeURIComponent(value);
  });
}

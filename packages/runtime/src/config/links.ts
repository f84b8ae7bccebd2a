import { type Result, err, ok } from '@spanloom/span';

/**
 * A link to somewhere else, made out of what a span says: `Logs=https://logs.example/?q={trace.id}`.
 * In braces stand the fields whose values the page puts there, encoded:
 *
 *   {trace.id}  {trace.start}  {trace.end}   of the trace; times in Unix milliseconds
 *   {span.id}   {span.<key>}                 of the span: its id, or an attribute
 *   {resource.<key>}                         an attribute of its resource
 */
export interface LinkTemplate {
  readonly name: string;
  readonly url: string;
  /** What stands in its braces, each once. */
  readonly fields: readonly string[];
}

/** Templates, one a line. The error says what is wrong with the first that is none. */
export function parseLinks(text: string): Result<readonly LinkTemplate[], string> {
  const links: LinkTemplate[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const link = parseLink(line);
    if (!link.ok) return link;
    links.push(link.value);
  }
  return ok(links);
}

const placeholder = /\{([^{}]*)\}/g;

function parseLink(line: string): Result<LinkTemplate, string> {
  const equals = line.indexOf('=');
  const name = line.slice(0, Math.max(0, equals)).trim();
  const url = line.slice(equals + 1).trim();
  if (equals < 0 || name === '') return err('a link has a name: Logs=https://…');
  // A value must not choose the host: whoever can send a span would choose where people go.
  if (!/^https?:\/\/[^/?#{}@\s]+([/?#]|$)/i.test(url)) {
    return err('its address does not begin with http:// or https:// and a host without braces');
  }
  const fields = [...new Set([...url.matchAll(placeholder)].map(([, field = '']) => field))];
  const strange = fields.find((field) => !isField(field));
  if (strange !== undefined) return err(`{${strange}} is no field of a trace, span or resource`);
  const filled = url.replaceAll(placeholder, 'x');
  if (/[{}\s]/.test(filled) || !URL.canParse(filled)) return err('its address is no URL');
  return ok({ name, url, fields });
}

function isField(field: string): boolean {
  return ['trace.id', 'trace.start', 'trace.end'].includes(field) || /^(span|resource)\.\S+$/.test(field);
}

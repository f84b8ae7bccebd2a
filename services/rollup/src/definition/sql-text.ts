/** What can be said of SQL without ClickHouse. */

/** A place in the SQL that is wrong; `at` is an offset into it. */
export interface SqlFault {
  readonly at: number;
  readonly reason: string;
}

const wanted = 'bound as {from:DateTime64(9)} and {to:DateTime64(9)}';
/** Comments, strings and quoted names; an unended one runs to the end. */
const skipped =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S])*(?:"|$)|`(?:[^`\\]|\\[\s\S])*(?:`|$)/g;

/** The first fault of a user's SQL: it must be one SELECT over the window's bounds and nothing else. */
export function sqlFault(sql: string): SqlFault | null {
  // Of the same length, so that offsets stay.
  const code = sql.replaceAll(skipped, (text) => ' '.repeat(text.length));
  const start = /\S/.exec(code)?.index ?? 0;
  if (!/^\s*(SELECT|WITH)\b/i.test(code)) return { at: start, reason: 'the SQL must be one SELECT' };
  const parameters = [...code.matchAll(/\{\s*(\w+)\s*:\s*([^}]*?)\s*\}/g)];
  for (const { index, 1: name, 2: type } of parameters) {
    if (name !== 'from' && name !== 'to') {
      return { at: index, reason: `there is no parameter ${name}: the window is ${wanted}` };
    }
    if (type?.replaceAll(/\s/g, '') !== 'DateTime64(9)') {
      return { at: index, reason: `${name} is not a ${type}: the window is ${wanted}` };
    }
  }
  for (const name of ['from', 'to']) {
    if (!parameters.some((parameter) => parameter[1] === name)) {
      return { at: start, reason: `the SQL does not use ${name}: the window is ${wanted}` };
    }
  }
  return structureFault(code);
}

function structureFault(code: string): SqlFault | null {
  const open: number[] = [];
  for (let at = 0; at < code.length; at += 1) {
    if (code[at] === '(') open.push(at);
    if (code[at] === ')' && open.pop() === undefined) return { at, reason: 'this parenthesis closes nothing' };
    if (code[at] === ';') return { at, reason: 'one SELECT, without a semicolon' };
  }
  const [first] = open;
  return first === undefined ? null : { at: first, reason: 'a parenthesis is not closed' };
}

/** Where in the SQL ClickHouse says that something is wrong; 0 where it does not say. */
export function placeOf(sql: string, message: string): number {
  // After the place that it counts, which is one in the text that we made of the SQL, it repeats what stands there.
  const rest = /failed at position \d+(?: \([^)]*\))?(?: \(line \d+, col \d+\))?: (.{1,40})/.exec(message)?.[1];
  const quoted = [...message.matchAll(/[`']([^`']+)[`']/g)].map((match) => match[1] ?? '');
  for (const text of [rest, rest?.split(/\s/)[0], ...quoted]) {
    const words = (text ?? '').split(/\s+/).filter((word) => word !== '');
    // Between words there may be ends of lines.
    const pattern = words.map((word) => word.replaceAll(/[^\w]/g, (mark) => `\\${mark}`)).join('\\s+');
    const at = words.length === 0 ? -1 : sql.search(new RegExp(pattern));
    if (at >= 0) return at;
  }
  return 0;
}

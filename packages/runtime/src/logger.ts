import { type Logger, pino } from 'pino';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  /** `auto`: pretty on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'pretty' | 'json';
  /** Standard error, or the terminal that keeps a live line below. */
  readonly destination: { readonly isTTY: boolean; write(text: string): void };
}

/** Loggers of components are its children: `logger.child({ component: 'gateway' })`. */
export function createLogger({ level, format, destination }: LoggerOptions): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && destination.isTTY);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, { write: (json: string) => destination.write(pretty ? prettyLine(json) : json) });
}

/** `12:00:01.250 warn  gateway  message  field=value` from a line of JSON. */
export function prettyLine(json: string): string {
  const { time, level, component, msg, ...fields }: Record<string, unknown> = JSON.parse(json);
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  const parts = [String(time).slice(11, 23), String(level).padEnd(5), ...[component, msg].filter(isText), ...rest];
  return `${parts.slice(0, 2).join(' ')} ${parts.slice(2).join('  ')}\n`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function shown(value: unknown): string {
  if (typeof value === 'string' && !/[\s"=]/.test(value)) return value;
  return JSON.stringify(value);
}

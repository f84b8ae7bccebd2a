import { byteText, durationText } from './units.ts';

/** What the first screen says. */
export interface StartScreen {
  readonly version: string;
  readonly nodeVersion: string;
  /** For example `linux-x64`. */
  readonly platform: string;
  /** For example `ClickHouse 26.7 (embedded)`. */
  readonly store: string;
  readonly storeReadyMs: number;
  readonly dataDir: string;
  readonly homeDir: string;
  readonly logRetentionMs: number;
  readonly logRetentionBytes: number;
  readonly host: string;
  readonly otlpGrpcPort: number;
  readonly otlpHttpPort: number;
  readonly queryPort: number;
  /** Path of the page; empty at the root. */
  readonly queryPath: string;
  /** Null without the demo. */
  readonly demo: { readonly services: number; readonly environment: string } | null;
}

/** The block above the status line: 11 lines of at most 80 columns. */
export function startScreen(screen: StartScreen): string {
  const host = hostOfUrl(screen.host);
  const inHome = screen.dataDir.startsWith(`${screen.homeDir}/`);
  const dataDir = inHome ? `~${screen.dataDir.slice(screen.homeDir.length)}` : screen.dataDir;
  const keeps = `keeps ${durationText(screen.logRetentionMs)} or ${byteText(screen.logRetentionBytes)}`;
  const node = screen.nodeVersion.replace(/^v/, '').split('.').slice(0, 2).join('.');
  const { demo } = screen;
  return [
    '',
    `  Spanloom ${screen.version} · Node ${node} · ${screen.platform}`,
    row('store', screen.store, `ready ${durationText(screen.storeReadyMs)}`),
    row('log', shortened(dataDir, 66 - keeps.length), keeps),
    row('intake', `${screen.otlpGrpcPort} gRPC · ${screen.otlpHttpPort} HTTP`, ''),
    demo === null
      ? row('demo', 'off', '')
      : row('demo', `${demo.services} services, environment "${demo.environment}"`, '(--no-demo)'),
    '',
    `  Open   http://${host}:${screen.queryPort}${screen.queryPath}`,
    `  Send   export OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:${screen.otlpHttpPort}`,
    ...(demo === null ? [] : ['  Break  npm run demo:break -- payment 400ms']),
    '  Stop   Ctrl-C',
    '',
  ].join('\n');
}

function hostOfUrl(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::1', '::'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function row(name: string, what: string, note: string): string {
  return `  ${name.padEnd(9)}${note === '' ? what : `${what.padEnd(32)}${what.length >= 32 ? '  ' : ''}${note}`}`;
}

function shortened(path: string, columns: number): string {
  return path.length <= columns ? path : `…${path.slice(path.length - columns + 1)}`;
}

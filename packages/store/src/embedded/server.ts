/**
 * The process of the embedded engine: chDB behind {@link facade} on 127.0.0.1. It is told what to
 * do over the channel to its supervisor, and ends when that channel closes, so that it never
 * outlives the one who started it.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { facade } from './facade.ts';
import type { FromServer, ToServer } from './messages.ts';

let engine: Engine | null = null;
let server: Server | null = null;

process.on('message', (message: ToServer) => {
  if (message.type === 'start') void start(message);
  else void stop();
});
// At once and without a word to the engine: its parts are whole at any moment, and whoever starts
// next waits for the lock of the data folder.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C reaches the whole process group; the supervisor decides when the engine may go.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

async function start(message: Extract<ToServer, { type: 'start' }>): Promise<void> {
  try {
    const opened = await openEngine(message.engine);
    engine = opened;
    const listening = facade(opened, message.secret);
    server = listening;
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(message.port, '127.0.0.1', resolve);
    });
    tell({
      type: 'ready',
      port: (listening.address() as AddressInfo).port,
      version: opened.version,
    });
  } catch (error) {
    const text = error instanceof Error ? `${error.message}${causeOf(error)}` : String(error);
    tell({ type: 'failed', reason: reasonOf(text), message: text });
  }
}

async function stop(): Promise<void> {
  const listening = server;
  if (listening !== null) {
    await new Promise<void>((resolve) => {
      listening.close(() => resolve());
      listening.closeIdleConnections();
    });
  }
  await engine?.close();
  process.exit(0);
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? `: ${error.cause.message}` : '';
}

function reasonOf(text: string): 'missing' | 'locked' | 'other' {
  if (/Cannot find module|no native binding|failed to load native binding/.test(text)) return 'missing';
  return /Cannot lock file|Failed to create connection/.test(text) ? 'locked' : 'other';
}

function tell(message: FromServer): void {
  process.send?.(message);
}

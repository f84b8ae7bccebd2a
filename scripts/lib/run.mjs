import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs a program in this terminal and resolves with its exit code, as a shell would report it. */
export function runInTerminal(args, options = {}) {
  const child = spawn(process.execPath, args, { stdio: 'inherit', ...options });
  // A terminal sends Ctrl-C to every process of its group: sent on, it would count twice.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

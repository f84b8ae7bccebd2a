#!/usr/bin/env node
import { resolve } from 'node:path';
import type { Fault } from './conduct.ts';
import { parseArguments, usage } from './fault/arguments.ts';
import type { Command } from './fault/arguments.ts';
import { controlPath, defaultDataDir, readControlFile } from './fault/control-file.ts';
import { sayChange, sayFaults } from './fault/say.ts';
import { textField } from './net/body.ts';

const parsed = parseArguments(process.argv.slice(2));
if (!parsed.ok) fail(parsed.error);
else if (parsed.command.type === 'help') console.log(usage);
else await carryOut(parsed.command);

async function carryOut(command: Exclude<Command, { type: 'help' }>): Promise<void> {
  const dataDir = command.dataDir === undefined ? defaultDataDir(process.env) : resolve(command.dataDir);
  const control = await readControlFile(dataDir);
  if (control === null) return fail(notRunning(dataDir));
  const url = `http://127.0.0.1:${control.port}/faults`;
  const headers = { authorization: `Bearer ${control.token}`, 'content-type': 'application/json' };
  const response = await (
    command.type === 'show'
      ? fetch(url, { headers })
      : fetch(`${url}/${command.service}`, {
          method: 'PUT',
          headers,
          body: JSON.stringify({ amount: command.amount }),
        })
  ).catch(() => null);
  if (response === null) return fail(notRunning(dataDir));
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) return fail(textField(body, 'error') ?? `the demo answered ${response.status}`);
  console.log(
    command.type === 'show' ? sayFaults(body as Record<string, Fault>) : sayChange(command.service, body as Fault),
  );
}

function notRunning(dataDir: string): string {
  return `no demo is running on this data folder (${controlPath(dataDir)}).
Start it with npm start; if it keeps its data elsewhere, add --data-dir <folder>.`;
}

function fail(message: string): void {
  console.error(`demo:break: ${message}`);
  process.exitCode = 1;
}

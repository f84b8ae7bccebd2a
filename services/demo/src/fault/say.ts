import { percent } from '../conduct.ts';
import type { Fault } from '../conduct.ts';
import { usage } from './arguments.ts';

/** What now happens to a service, and how to undo it. */
export function sayChange(service: string, fault: Fault): string {
  if (!isBroken(fault)) return `${service} is itself again.`;
  return `${service}: ${sayFault(fault)}. The p95 of its edges shows it within 30 s.
Undo  npm run demo:break -- ${service} off`;
}

/** What is in force, for all services. */
export function sayFaults(faults: Readonly<Record<string, Fault>>): string {
  const broken = Object.entries(faults).filter(([, fault]) => isBroken(fault));
  if (broken.length === 0) return `${usage}\n\nNothing is broken now.`;
  return broken.map(([service, fault]) => sayChange(service, fault)).join('\n');
}

function sayFault(fault: Fault): string {
  const parts: string[] = [];
  if (fault.latencyMs > 0) parts.push(`every request takes ${fault.latencyMs} ms longer`);
  if (fault.errorRate > 0) parts.push(`${percent(fault.errorRate)} of requests fail`);
  return parts.join(', ');
}

function isBroken(fault: Fault): boolean {
  return fault.latencyMs > 0 || fault.errorRate > 0;
}

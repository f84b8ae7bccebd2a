export { startDemo } from './supervisor.ts';
export type { Demo, DemoOptions } from './supervisor.ts';
export { demoEnvironment, serviceNames } from './names.ts';
export type { ServiceName } from './names.ts';

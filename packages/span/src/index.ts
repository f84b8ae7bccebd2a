export * from './span.ts';
export * from './service.ts';
export * from './table.ts';
export * from './figures.ts';
export * from './chunk.ts';
export * from './result.ts';
export * from './clock.ts';
export * from './verdict.ts';

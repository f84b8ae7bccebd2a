/** Where the application lies, with a slash at its end: `/`, or the prefix of a proxy. */
export const basePath: string = new URL(/* @vite-ignore */ '..', import.meta.url).pathname;

/** Where the gateway takes OTLP over HTTP, as query wrote it into the page. */
export const intakePort: number = Number(document.documentElement.dataset['intakePort'] ?? 4318);

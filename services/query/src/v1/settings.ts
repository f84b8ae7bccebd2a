import { createRequire } from 'node:module';
import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { answer, count, responses } from './answers.ts';
import type { Api } from './api.ts';
import { nothingSchema } from './schemas.ts';

export const settingsAnswer: TSchema = answer({
  version: Type.String(),
  demo: Type.Boolean({ description: 'Demo traffic is sent.' }),
  links: Type.Array(
    answer({
      name: Type.String(),
      url: Type.String({ description: 'With fields in braces: put their values there, encoded.' }),
      fields: Type.Array(Type.String(), { description: 'What stands in the braces.' }),
    }),
    { description: 'To be shown at spans that have all of their fields.' },
  ),
  retention: answer({ traceDays: Type.Number(), minuteDays: Type.Number(), hourDays: Type.Number() }),
  intake: answer({ otlpHttpPort: count, otlpGrpcPort: count }),
  limits: answer({ requestSeconds: Type.Number({ description: 'A request that takes longer is given up.' }) }),
  closing: answer({ settleSeconds: Type.Number(), quietSeconds: Type.Number(), maxAgeSeconds: Type.Number() }),
});

const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };
const dayMs = 86_400_000;

/** What of the settings the page needs. */
export function settingsRoutes({ config }: Api): FastifyPluginAsync {
  const settings = {
    version,
    demo: config.demo,
    links: config.links,
    retention: {
      traceDays: config.traceRetentionMs / dayMs,
      minuteDays: config.minuteRetentionMs / dayMs,
      hourDays: config.hourRetentionMs / dayMs,
    },
    intake: { otlpHttpPort: config.intakePort, otlpGrpcPort: config.intakeGrpcPort },
    limits: { requestSeconds: config.requestTimeoutMs / 1000 },
    closing: {
      settleSeconds: config.settleMs / 1000,
      quietSeconds: config.quietMs / 1000,
      maxAgeSeconds: config.maxTraceAgeMs / 1000,
    },
  };
  return async (app) => {
    app.get(
      '/settings',
      {
        schema: {
          summary: 'What of the settings a page needs',
          querystring: nothingSchema,
          response: responses(settingsAnswer),
        },
      },
      () => settings,
    );
  };
}

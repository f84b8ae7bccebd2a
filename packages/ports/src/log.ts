import {
  type KafkaConnection,
  type KafkaLog,
  type KafkaLogReader,
  type KafkaLogin,
  clientCredentials,
  openKafkaLog,
  openKafkaLogReader,
} from '@spanloom/log';
import { type Config, type Role, UserError } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';

import { forPeople } from './for-people.ts';
import { tlsOf } from './pem.ts';
import { listOf, prefixOf } from './prefix.ts';

/** Opens the log on the Kafka that the settings name. Rejects with a UserError that says what to do. */
export async function openLog({ config, clock, logger }: Role): Promise<KafkaLog> {
  const opening = openKafkaLog({
    connection: kafkaConnectionOf(config, clock),
    prefix: prefixOf(config),
    clock,
    sessionTimeoutMs: config.kafkaSessionTimeout,
    onWarning: (message) => logger.warn({}, message),
  });
  return forPeople(opening);
}

/** Opens it to look on, beside whoever works on it. */
export async function openLogReader(
  config: Config,
  clock: Clock,
  onWarning: (message: string) => void,
): Promise<KafkaLogReader> {
  const connection = kafkaConnectionOf(config, clock);
  return forPeople(openKafkaLogReader({ connection, prefix: prefixOf(config), clock, onWarning }));
}

/** How to reach Kafka and log in to it. */
export function kafkaConnectionOf(config: Config, clock: Clock): KafkaConnection {
  const brokers = listOf(config.kafkaBrokers);
  if (brokers.length === 0) {
    throw new UserError('No Kafka is named.', { hint: 'Set --kafka-brokers.', exitCode: 2 });
  }
  const sasl = loginOf(config, clock);
  const files = { ca: config.kafkaTlsCaFile, cert: config.kafkaTlsCertFile, key: config.kafkaTlsKeyFile };
  return {
    brokers,
    clientId: config.kafkaClientId,
    ...(config.kafkaTls && { ssl: tlsOf('kafka', files) }),
    ...(sasl !== null && { sasl }),
  };
}

function loginOf(config: Config, clock: Clock): KafkaLogin | null {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  if (mechanism === 'none') return null;
  if (username === '') {
    throw new UserError(`--kafka-sasl-mechanism is ${mechanism}, and no user is named.`, {
      hint: 'Set --kafka-sasl-username and --kafka-sasl-password.',
      exitCode: 2,
    });
  }
  if (mechanism !== 'oauthbearer') return { mechanism, username, password };
  if (config.kafkaOauthTokenUrl === '') {
    throw new UserError('--kafka-sasl-mechanism is oauthbearer, and nothing says where tokens come from.', {
      hint: 'Set --kafka-oauth-token-url.',
      exitCode: 2,
    });
  }
  return {
    mechanism,
    token: clientCredentials({
      tokenUrl: config.kafkaOauthTokenUrl,
      clock,
      clientId: username,
      clientSecret: password,
      scope: config.kafkaOauthScope,
    }),
  };
}

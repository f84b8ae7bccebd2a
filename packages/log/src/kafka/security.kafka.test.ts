import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startKafka, type KafkaBroker } from '@spanloom/engines';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeCertificates, type Certificates } from '../testing/certificates.ts';
import { machineClock } from '../testing/clock.ts';
import { makeKafkaTopics, type KafkaTopics } from '../testing/kafka.ts';
import { recordedWorkers } from '../testing/worker.ts';
import type { KafkaConnection } from './client/connection.ts';
import { createKafka } from './client/kafkajs.ts';
import { openKafkaLog, type KafkaLog } from './log.ts';

const PASSWORD = 'secret,= is';
const MODULE = 'org.apache.kafka.common.security';

let dir: string;
let certificates: Certificates;
let broker: KafkaBroker;
let topics: KafkaTopics;
/** SASL over TLS, and TLS with certificates on both sides. */
let secure: string;
let mutual: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spanloom-certificates-'));
  certificates = await makeCertificates(dir);
  const [securePort, mutualPort, controller] = [await freePort(), await freePort(), await freePort()];
  secure = `127.0.0.1:${securePort}`;
  mutual = `127.0.0.1:${mutualPort}`;
  const sasl = 'listener.name.secure';
  broker = await startKafka({
    properties: {
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:{port},SECURE://${secure},MUTUAL://${mutual},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:{port},SECURE://${secure},MUTUAL://${mutual}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': certificates.serverFile,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': certificates.caFile,
      'listener.name.mutual.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      [`${sasl}.plain.sasl.jaas.config`]: `${MODULE}.plain.PlainLoginModule required user_alice="${PASSWORD}";`,
      [`${sasl}.scram-sha-256.sasl.jaas.config`]: `${MODULE}.scram.ScramLoginModule required;`,
      [`${sasl}.scram-sha-512.sasl.jaas.config`]: `${MODULE}.scram.ScramLoginModule required;`,
      [`${sasl}.oauthbearer.sasl.jaas.config`]: `${MODULE}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
    },
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=alice,password=scram-secret]`,
    ]),
  });
  topics = await makeKafkaTopics(broker.brokers);
  await allow(topics.prefix);
});
afterAll(async () => {
  await topics?.discard();
  await broker?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** What the services need, and no more: not to read the settings of topics. */
async function allow(prefix: string): Promise<void> {
  const { AclOperationTypes: operations, AclPermissionTypes, AclResourceTypes: types, ResourcePatternTypes } = kafkajs;
  const admin = createKafka({ brokers: broker.brokers, clientId: 'test' }).admin();
  await admin.connect();
  const rights = [
    [types.TOPIC, operations.READ],
    [types.TOPIC, operations.WRITE],
    [types.GROUP, operations.READ],
  ] as const;
  await admin.createAcls({
    acl: ['User:alice', 'User:CN=client'].flatMap((principal) =>
      rights.map(([resourceType, operation]) => ({
        principal,
        resourceType,
        operation,
        resourceName: prefix,
        resourcePatternType: ResourcePatternTypes.PREFIXED,
        permissionType: AclPermissionTypes.ALLOW,
        host: '*',
      })),
    ),
  });
  await admin.disconnect();
}

async function openWith(
  connection: Omit<KafkaConnection, 'clientId'>,
  warnings: string[] = [],
  patienceMs = 15_000,
): Promise<KafkaLog> {
  return openKafkaLog({
    connection: { clientId: 'test', ...connection },
    prefix: topics.prefix,
    clock: machineClock,
    sessionTimeoutMs: 6_000,
    patienceMs,
    onWarning: (message) => warnings.push(message),
  });
}

/** A round through all that a service does. */
async function worksWith(connection: Omit<KafkaConnection, 'clientId'>): Promise<void> {
  const warnings: string[] = [];
  const log = await openWith(connection, warnings);
  const { offset } = await log.append('spans', 0, [{ key: null, value: Buffer.from('hello') }]);
  expect((await log.read('spans', 0, offset))[0]?.value?.toString()).toBe('hello');
  const workers = recordedWorkers({ open: () => 0 });
  const member = await log.join({ group: 'assembler', topic: 'spans', worker: workers.worker, idleMs: 50 });
  await vi.waitFor(() => expect(workers.processed.get(0)).toContain(offset), { timeout: 30_000 });
  await workers.leases[0]?.commit(1, 'T');
  await member.leave();
  await log.close();
  expect(warnings).toContain(`The settings of the topic ${topics.prefix}spans may not be read, and are not checked.`);
}

const tls = (): { brokers: string[]; ssl: { ca: string } } => ({ brokers: [secure], ssl: { ca: certificates.ca } });

/** As a test broker accepts it, which trusts whoever signs nothing. */
function unsignedToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowS = Date.now() / 1000;
  return `${part({ alg: 'none' })}.${part({ sub: 'alice', iat: nowS - 10, exp: nowS + 3_600 })}.`;
}

describe('logs in', () => {
  it('with PLAIN over TLS', () =>
    worksWith({ ...tls(), sasl: { mechanism: 'plain', username: 'alice', password: PASSWORD } }));

  it.each(['scram-sha-256', 'scram-sha-512'] as const)('with %s over TLS', (mechanism) =>
    worksWith({ ...tls(), sasl: { mechanism, username: 'alice', password: 'scram-secret' } }),
  );

  it('with a token over TLS', () =>
    worksWith({ ...tls(), sasl: { mechanism: 'oauthbearer', token: async () => unsignedToken() } }));

  it('with a certificate of its own', () =>
    worksWith({
      brokers: [mutual],
      ssl: { ca: certificates.ca, cert: certificates.cert, key: certificates.key },
    }));
});

it('refuses a wrong password at once, and for good', async () => {
  const sasl = { mechanism: 'scram-sha-256', username: 'alice', password: 'wrong' } as const;
  await expect(openWith({ ...tls(), sasl })).rejects.toMatchObject({
    name: 'LogError',
    retryable: false,
    message: expect.stringMatching(/authentication/i) as string,
  });
});

it('says what is wrong with an authority that it does not know', async () => {
  const sasl = { mechanism: 'plain', username: 'alice', password: PASSWORD } as const;
  await expect(openWith({ brokers: [secure], ssl: {}, sasl }, [], 500)).rejects.toMatchObject({
    name: 'LogError',
    message: expect.stringContaining('self-signed certificate') as string,
  });
});

it('says what it is not allowed to do', async () => {
  const sasl = { mechanism: 'plain', username: 'alice', password: PASSWORD } as const;
  const log = await openWith({ ...tls(), sasl });
  await expect(log.committed('x', 'spans', 0)).resolves.toBeNull();
  await log.close();
  const others = await makeKafkaTopics(broker.brokers);
  const denied = openKafkaLog({
    connection: { clientId: 'test', ...tls(), sasl },
    prefix: others.prefix,
    clock: machineClock,
    sessionTimeoutMs: 6_000,
    patienceMs: 5_000,
  });
  await expect(denied).rejects.toMatchObject({ name: 'LogError', retryable: false });
  await others.discard();
});

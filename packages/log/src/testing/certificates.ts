import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Certificates for one test, made by openssl. */
export interface Certificates {
  /** PEM of the authority. */
  readonly ca: string;
  readonly caFile: string;
  /** Key and certificate of 127.0.0.1, in one file, as Kafka wants them. */
  readonly serverFile: string;
  /** Of a client. */
  readonly cert: string;
  readonly key: string;
}

export async function makeCertificates(dir: string): Promise<Certificates> {
  const file = (name: string): string => join(dir, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: dir });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  await openssl('req', '-x509', ...key, '-subj', '/CN=Test CA', '-keyout', 'ca.key', '-out', 'ca.pem');
  await writeFile(file('server.ext'), 'subjectAltName=IP:127.0.0.1');
  for (const [name, extension] of [
    ['server', ['-extfile', 'server.ext']],
    ['client', []],
  ] as const) {
    await openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', ...extension];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...sign, '-out', `${name}.pem`);
  }
  const text = (name: string): Promise<string> => readFile(file(name), 'utf8');
  await writeFile(
    file('keystore.pem'),
    (await text('server.key')) + (await text('server.pem')) + (await text('ca.pem')),
  );
  return {
    ca: await text('ca.pem'),
    caFile: file('ca.pem'),
    serverFile: file('keystore.pem'),
    cert: await text('client.pem'),
    key: await text('client.key'),
  };
}

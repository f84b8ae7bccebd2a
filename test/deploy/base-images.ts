import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import type { Docker } from './docker.ts';

/** What the arguments BASE and BUILD_BASE of the Dockerfile are set to. */
export interface BaseImages {
  readonly base: string;
  readonly buildBase: string;
}

const run = promisify(execFile);
const published = 'node:24-bookworm-slim';

/**
 * The images that the Dockerfile names where they can be had; else a Debian of debootstrap with this
 * Node copied in, and for building the npm of this machine with the registry that it uses.
 */
export async function baseImages(docker: Docker): Promise<BaseImages> {
  try {
    await docker.run(['run', '--rm', '--network', 'host', published, 'node', '--version'], { timeoutMs: 180_000 });
    return { base: published, buildBase: published };
  } catch {
    return localImages(docker);
  }
}

async function localImages(docker: Docker): Promise<BaseImages> {
  const folder = await mkdtemp(join(tmpdir(), 'spanloom-base-'));
  const images = { base: 'spanloom-base:run', buildBase: 'spanloom-base:build' };
  try {
    const root = join(folder, 'root');
    await run('debootstrap', ['--variant=minbase', 'bookworm', root], { timeout: 300_000, maxBuffer: 2 ** 26 });
    await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
    const archive = join(folder, 'root.tar');
    await run('tar', ['-C', root, '-cf', archive, '.']);
    await docker.run(['import', archive, images.base], { timeoutMs: 180_000 });

    const context = join(folder, 'context');
    await mkdir(context);
    const npm = (await run('npm', ['root', '--global'])).stdout.trim();
    await cp(join(npm, 'npm'), join(context, 'npm'), { recursive: true, dereference: true });
    const authorities = process.env['NODE_EXTRA_CA_CERTS'];
    if (authorities === undefined) await writeFile(join(context, 'ca.pem'), '');
    else await copyFile(resolve(authorities), join(context, 'ca.pem'));
    const registry = (await run('npm', ['config', 'get', 'registry'])).stdout.trim();
    await writeFile(join(context, 'npmrc'), `registry=${registry}\n`);
    await writeFile(join(context, 'Dockerfile'), buildDockerfile(images.base));
    await docker.run(['build', '--quiet', '--network', 'host', '--tag', images.buildBase, '.'], {
      cwd: context,
      timeoutMs: 180_000,
    });
    return images;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function buildDockerfile(base: string): string {
  const modules = '/usr/local/lib/node_modules';
  const link = (name: string): string => `ln -s ${modules}/npm/bin/${name}-cli.js /usr/local/bin/${name}`;
  return `FROM ${base}
COPY npm ${modules}/npm
COPY ca.pem /etc/npm-ca.pem
COPY npmrc /etc/npmrc
ENV NODE_EXTRA_CA_CERTS=/etc/npm-ca.pem NPM_CONFIG_GLOBALCONFIG=/etc/npmrc
RUN ${link('npm')} && ${link('npx')}
`;
}

/** The folder that the Dockerfile is built in. */
export const projectRoot: string = dirname(dirname(import.meta.dirname));

// Runs on any Node from 16 on, so that an old one gets a sentence and not a stack.
const oldest = [20, 19];
const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** Why Spanloom cannot run here, in a sentence or two; null when it can. */
export function unsupported({ nodeVersion, platform, arch }) {
  const [major, minor] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    return `Spanloom needs Node ${oldest.join('.')} or newer; this is ${nodeVersion}. Get it from https://nodejs.org`;
  }
  if (platform === 'win32')
    return 'Spanloom does not run on Windows itself. Use WSL 2 (wsl --install), and Node in it.';
  if (!platforms.includes(`${platform}-${arch}`)) {
    return `Spanloom does not run on ${platform}-${arch}, but on ${platforms.join(', ')}.`;
  }
  return null;
}

/** Ends the process with that sentence, where there is one. */
export function requireSupported() {
  const why = unsupported({ nodeVersion: process.version, platform: process.platform, arch: process.arch });
  if (why === null) return;
  console.error(`spanloom: ${why}`);
  process.exit(1);
}

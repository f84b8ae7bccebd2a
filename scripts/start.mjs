// npm start: everything in one process tree. Installs and builds what is missing first.
import { becomeSpanloom } from './lib/command.mjs';
import { prepare } from './lib/prepare.mjs';
import { requireSupported } from './lib/supported.mjs';

requireSupported();
await prepare();
await becomeSpanloom(['all-in-one', ...process.argv.slice(2)]);

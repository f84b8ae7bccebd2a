// npm run simulate: the protocol in virtual time. Builds what is missing; arguments go to the simulation.
import { prepare } from './lib/prepare.mjs';
import { requireSupported } from './lib/supported.mjs';

requireSupported();
await prepare({ quiet: true });
await import('../test/dist/simulation/main.js');

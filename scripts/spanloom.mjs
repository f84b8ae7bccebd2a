#!/usr/bin/env node
// The spanloom command.
import { becomeSpanloom } from './lib/command.mjs';
import { prepare } from './lib/prepare.mjs';
import { requireSupported } from './lib/supported.mjs';

requireSupported();
await prepare({ quiet: true });
await becomeSpanloom(process.argv.slice(2));

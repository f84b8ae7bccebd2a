import { fence, whole } from './preamble.lua.ts';
import { luaScript, type LuaScript } from './script.ts';

/**
 * Nothing but the fence.
 *
 * KEYS and ARGV[1..4]: see preamble
 */
export const checkScript: LuaScript = luaScript('check', 'runs', fence, whole, 'return moveOn()');

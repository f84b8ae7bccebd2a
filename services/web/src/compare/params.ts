import type { RawSearch } from '../app/search-params.ts';
import { windowsParams, type WindowsParams } from './windows-params.ts';

export interface CompareParams extends WindowsParams {}

export function compareParams(raw: RawSearch): CompareParams {
  return windowsParams(raw);
}

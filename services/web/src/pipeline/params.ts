import { type RangeParams, type RawSearch, rangeOf } from '../app/search-params.ts';

export interface PipelineParams extends RangeParams {}

export function pipelineParams(raw: RawSearch): PipelineParams {
  return rangeOf(raw);
}

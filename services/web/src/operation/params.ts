import { type RangeParams, type RawSearch, defined, rangeOf, textOf } from '../app/search-params.ts';

export interface OperationsParams extends RangeParams {
  readonly service?: string;
}

export function operationsParams(raw: RawSearch): OperationsParams {
  return defined<OperationsParams>({ ...rangeOf(raw), service: textOf(raw, 'service') });
}

export interface OperationParams extends OperationsParams {
  readonly operation?: string;
}

export function operationParams(raw: RawSearch): OperationParams {
  return defined<OperationParams>({ ...operationsParams(raw), operation: textOf(raw, 'operation') });
}

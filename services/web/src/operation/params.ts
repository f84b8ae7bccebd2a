import { type RawSearch, defined, oneOf, textOf } from '../app/search-params.ts';
import { figuresOf, type FiguresParams } from '../edge/params.ts';

export const operationSorts = ['calls', 'errors', 'duration'] as const;

export interface OperationsParams extends FiguresParams {
  readonly service?: string;
  /** What is sorted by, the largest first. */
  readonly by?: (typeof operationSorts)[number];
}

export function operationsParams(raw: RawSearch): OperationsParams {
  return defined<OperationsParams>({
    ...figuresOf(raw),
    service: textOf(raw, 'service'),
    by: oneOf(raw, 'by', operationSorts),
  });
}

export interface OperationParams extends OperationsParams {
  readonly operation?: string;
}

export function operationParams(raw: RawSearch): OperationParams {
  return defined<OperationParams>({ ...operationsParams(raw), operation: textOf(raw, 'operation') });
}

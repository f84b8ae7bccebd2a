export { completeness, type Completeness } from '@spanloom/store';

import { type OtlpAttribute, valueText } from './otlp.ts';
import type { Node, Tree } from './tree.ts';

/** Spans that hold a text, in whatever case, in the order of the tree: in names, ids, attributes, events or the status. */
export function findNodes({ nodes }: Tree, text: string): readonly Node[] {
  const needle = text.trim().toLowerCase();
  return needle === '' ? [] : nodes.filter((node) => holds(node, needle));
}

function holds({ key, span }: Node, needle: string): boolean {
  if (key.includes(needle)) return true;
  if (span === null) return false;
  const has = (part: string | undefined) => part?.toLowerCase().includes(needle) === true;
  const inAttributes = (attributes: readonly OtlpAttribute[] | undefined) =>
    attributes?.some(({ key, value }) => has(key) || has(value?.stringValue ?? valueText(value))) === true;
  return (
    has(span.name) ||
    has(span.service) ||
    has(span.otlp.status?.message) ||
    inAttributes(span.otlp.attributes) ||
    span.otlp.events?.some(({ name, attributes }) => has(name) || inAttributes(attributes)) === true
  );
}

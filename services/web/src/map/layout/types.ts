/** What a layout is made of: keys, and who calls whom. Figures play no part, so that they move nothing. */
export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
}

export interface LayoutNode {
  readonly key: string;
  /** `entry` begins on the left; a `queue`, and a `store` that calls nobody, stands in the last column. */
  readonly side: 'entry' | 'service' | 'store' | 'queue';
}

export interface LayoutEdge {
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

/** The middle of a node, in px at a zoom of 1. */
export interface Place {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly layer: number;
}

/**
 * Points between the two nodes that an edge passes, from left to right, so that it goes around the nodes there. An edge
 * that leads back has one only if it comes from a queue: the others close a cycle.
 */
export interface Route {
  readonly key: string;
  readonly via: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly nodes: readonly Place[];
  readonly edges: readonly Route[];
}

/** Sizes in px. */
export const nodeWidth = 176;
export const nodeHeight = 44;
export const columnPitch: number = nodeWidth + 84;
export const rowPitch: number = nodeHeight + 16;
/** What an edge takes that passes a column. */
export const lanePitch = 14;

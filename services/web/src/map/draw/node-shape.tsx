import type { NodeType } from '../graph/graph.ts';
import { nodeHeight as h, nodeWidth as w } from '../layout/types.ts';
import styles from './draw.module.css';

const [left, top] = [-w / 2, -h / 2];
/** Height of the lid of a drum. */
const lid = 4;

/** A store is a drum, a queue a hexagon, a host a dashed box, several things a stack. */
export function NodeShape({ type }: { readonly type: NodeType }) {
  switch (type) {
    case 'database':
      return (
        <>
          <path
            className={styles.box}
            d={`M${left},${top + lid}A${w / 2},${lid} 0 0 1 ${-left},${top + lid}V${-top - lid}A${w / 2},${lid} 0 0 1 ${left},${-top - lid}Z`}
          />
          <path className={styles.inner} d={`M${left},${top + lid}A${w / 2},${lid} 0 0 0 ${-left},${top + lid}`} />
        </>
      );
    case 'messaging':
      return (
        <path
          className={styles.box}
          d={`M${left},0L${left + 14},${top}H${-left - 14}L${-left},0L${-left - 14},${-top}H${left + 14}Z`}
        />
      );
    case 'outside':
      return <rect className={styles.box} x={left} y={top} width={w} height={h} rx={h / 2} />;
    case 'external':
    case 'unknown':
      return <rect className={`${styles.box} ${styles.foreign}`} x={left} y={top} width={w} height={h} rx={2} />;
    case 'namespace':
    case 'hosts':
    case 'databases':
    case 'queues':
    case 'rest':
      return (
        <>
          <rect className={styles.box} x={left + 4} y={top - 4} width={w - 4} height={h} rx={6} />
          <rect
            className={`${styles.box} ${type === 'hosts' ? styles.foreign : ''}`}
            x={left}
            y={top}
            width={w - 4}
            height={h}
            rx={6}
          />
        </>
      );
    case 'service':
      return <rect className={styles.box} x={left} y={top} width={w} height={h} rx={6} />;
  }
}

import type { TFunction } from 'i18next';

import { edgeKinds } from '../edge/params.ts';
import { serviceName } from '../format/service.ts';
import type { MapNode } from './graph/graph.ts';

/** What a node is called where it is drawn. */
export function nodeName(
  node: Pick<MapNode, 'key' | 'type' | 'service' | 'environment' | 'members'>,
  t: TFunction<'map'>,
): string {
  const count = node.members.length;
  switch (node.type) {
    case 'outside':
      return t('outside');
    case 'hosts':
    case 'databases':
    case 'queues':
      return t(node.type, { count });
    case 'rest':
      return t('rest', { count });
    case 'namespace':
      return `${node.members[0]?.service?.namespace ?? node.key} (${count})`;
    case 'service':
    case 'database':
    case 'messaging':
    case 'external':
    case 'unknown':
      return [node.service === null ? node.key : serviceName(node.service) || node.key, node.environment]
        .filter((part) => part !== '')
        .join(' · ');
  }
}

export function kindName(kind: string, common: TFunction): string {
  const known = edgeKinds.find((each) => each === kind);
  return known === undefined ? kind : common(`kinds.${known}`);
}

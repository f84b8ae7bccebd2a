import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ServiceLabel } from '../ui/service.tsx';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/menu.tsx';
import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import type { ParamChange } from '../figures/use-change.ts';
import { edgeKinds } from '../edge/params.ts';
import { FiguresTable } from './figures-table.tsx';
import type { MapEdge, MapNode } from './graph/graph.ts';
import styles from './map.module.css';
import { kindName, nodeName } from './naming.ts';
import type { MapParams } from './params.ts';
import type { GraphShown } from './use-graph.ts';

export interface PanelProps {
  readonly shown: GraphShown;
  readonly params: MapParams;
  readonly onChange: (change: ParamChange<MapParams>) => void;
}

/** The figures of the node or edge that is selected, and where to go from it. */
export function Panel(props: PanelProps) {
  const { t } = useTranslation('map');
  const { shown, params, onChange } = props;
  const edge = shown.graph.edges.find(({ key }) => key === params.edge);
  const node = shown.graph.nodes.find(({ key }) => key === params.node);
  return (
    <aside className={styles.panel} aria-live="polite">
      {edge !== undefined ? (
        <EdgePanel {...props} edge={edge} />
      ) : node !== undefined ? (
        <NodePanel {...props} node={node} />
      ) : (
        <Head title={t('hiddenSelection')} onClose={() => onChange({ node: undefined, edge: undefined })} />
      )}
    </aside>
  );
}

function Head({
  title,
  kind,
  onClose,
}: {
  readonly title: React.ReactNode;
  readonly kind?: string;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('map');
  return (
    <header>
      <div>
        <h2>{title}</h2>
        {kind !== undefined && <p className={styles.kind}>{kind}</p>}
      </div>
      <IconButton label={t('close')} onClick={onClose}>
        ✕
      </IconButton>
    </header>
  );
}

function EdgePanel({ shown, params, onChange, edge }: PanelProps & { readonly edge: MapEdge }) {
  const { t } = useTranslation('map');
  const { t: common } = useTranslation();
  const [from, to] = [edge.from, edge.to].map((key) => shown.graph.nodes.find((node) => node.key === key));
  const kind = edgeKinds.find((kind) => kind === edge.kind);
  const { from: rangeFrom, to: rangeTo, environment } = params;
  const window = { ...(rangeFrom && { from: rangeFrom }), ...(rangeTo && { to: rangeTo }) };
  return (
    <>
      <Head
        title={`${from === undefined ? edge.from : nodeName(from, t)} → ${to === undefined ? edge.to : nodeName(to, t)}`}
        kind={kindName(edge.kind, common)}
        onClose={() => onChange({ edge: undefined })}
      />
      <FiguresTable now={edge} before={shown.before.edges.get(edge.key)} />
      {edge.edges > 1 && <p className={styles.quiet}>{t('upTo')}</p>}
      <h3>{t('slowest')}</h3>
      {edge.slowest === null ? (
        <p className={styles.quiet}>{t('noExemplar')}</p>
      ) : (
        <Link to="/trace/$traceId" params={{ traceId: edge.slowest.traceId }}>
          {edge.slowest.traceId.slice(0, 8)} · {duration(edge.slowest.durationMs)}
        </Link>
      )}
      <h3>{t('failed')}</h3>
      {edge.failed === null ? (
        <p className={styles.quiet}>{t('noExemplar')}</p>
      ) : (
        <Link to="/trace/$traceId" params={{ traceId: edge.failed }}>
          {edge.failed.slice(0, 8)}
        </Link>
      )}
      {edge.edges === 1 && to?.service && kind !== undefined && (
        <p className={styles.actions}>
          <Link
            to="/edge"
            search={{
              ...window,
              ...(environment === undefined ? {} : { environment }),
              ...(from?.service ? { client: from.service.name } : {}),
              server: to.service.name,
              kind,
            }}
          >
            {t('openEdge')}
          </Link>
        </p>
      )}
      <h3>{t('from')}</h3>
      {from !== undefined && <Nodes nodes={[from]} onChange={onChange} />}
      <h3>{t('to')}</h3>
      {to !== undefined && <Nodes nodes={[to]} onChange={onChange} />}
    </>
  );
}

function NodePanel({ shown, params, onChange, node }: PanelProps & { readonly node: MapNode }) {
  const { t } = useTranslation('map');
  const { from, to, unfold } = params;
  const window = { ...(from && { from }), ...(to && { to }) };
  const calledBy = shown.graph.edges.filter((edge) => edge.to === node.key);
  const calls = shown.graph.edges.filter((edge) => edge.from === node.key);
  const { service } = node;
  const where = service?.environment ? ` · ${service.environment}` : '';
  return (
    <>
      <Head
        title={node.type === 'service' && service !== null ? <ServiceLabel service={service} /> : nodeName(node, t)}
        kind={`${t(`types.${node.type}`)}${where}${node.type === 'namespace' ? ` · ${t('members', { count: node.members.length })}` : ''}`}
        onClose={() => onChange({ node: undefined })}
      />
      {node.type !== 'outside' && <FiguresTable now={node} before={shown.before.nodes.get(node.key)} />}
      {node.members.length > 0 && <p className={styles.quiet}>{t('upTo')}</p>}
      <p className={styles.actions}>
        {node.members.length > 0 && (
          <Button
            onClick={() =>
              onChange({
                node: undefined,
                unfold: node.type === 'rest' ? 'all' : [...(unfold?.split(',') ?? []), node.key].join(','),
              })
            }
          >
            {t('unfold')}
          </Button>
        )}
        {node.members.length === 0 && params.around !== node.key && (
          <Button quiet onClick={() => onChange({ around: node.key })}>
            {t('around')}
          </Button>
        )}
        {node.type === 'service' && service !== null && (
          <>
            <Link to="/operations" search={{ ...window, service: service.name }}>
              {t('operations')}
            </Link>
            <Link to="/search" search={{ ...window, q: `service = ${JSON.stringify(service.name)}` }}>
              {t('search')}
            </Link>
          </>
        )}
      </p>
      {node.members.length > 0 && (
        <>
          <h3>{t('isMember')}</h3>
          <ul className={styles.list}>
            {node.members.map((member) => (
              <li key={member.key}>{nodeName(member, t)}</li>
            ))}
          </ul>
        </>
      )}
      <h3>{t('callsIn')}</h3>
      <Edges edges={calledBy} end="from" shown={shown} onChange={onChange} />
      <h3>{t('callsOut')}</h3>
      <Edges edges={calls} end="to" shown={shown} onChange={onChange} />
    </>
  );
}

function Edges({
  edges,
  end,
  shown,
  onChange,
}: Pick<PanelProps, 'shown' | 'onChange'> & { readonly edges: readonly MapEdge[]; readonly end: 'from' | 'to' }) {
  const { t } = useTranslation('map');
  if (edges.length === 0) return <p className={styles.quiet}>{t('nobody')}</p>;
  return (
    <ul className={styles.list}>
      {edges
        .toSorted((a, b) => b.calls - a.calls)
        .map((edge) => {
          const node = shown.graph.nodes.find(({ key }) => key === edge[end]);
          return (
            <li key={edge.key}>
              <button type="button" onClick={() => onChange({ edge: edge.key, node: undefined })}>
                <span>{node === undefined ? edge[end] : nodeName(node, t)}</span>
                <span className={styles.quiet}>
                  {count(edge.calls)} · {duration(edge.durationMs?.['p95'])}
                </span>
              </button>
            </li>
          );
        })}
    </ul>
  );
}

function Nodes({ nodes, onChange }: { readonly nodes: readonly MapNode[]; readonly onChange: PanelProps['onChange'] }) {
  const { t } = useTranslation('map');
  return (
    <ul className={styles.list}>
      {nodes.map((node) => (
        <li key={node.key}>
          <button type="button" onClick={() => onChange({ node: node.key, edge: undefined })}>
            <span>{nodeName(node, t)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

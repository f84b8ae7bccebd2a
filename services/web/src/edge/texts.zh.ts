import type { Translated } from '../i18n/i18n.ts';
import type en from './texts.en.ts';

const zh: Translated<typeof en> = {
  operationsTitle: '操作',
  operationsOf: '{{service}} 的操作',
  edgesOf: '相关调用',
  edges: '调用',
  from: '从',
  to: '到',
  began: '源于此处',
  selfTime: '自身耗时',
  critical: '关键路径上',
  compare: '有何变化？',
  onMap: '在拓扑图中',
  search: '其链路',
  noOperation: '未指定操作',
  noOperationHelp: '请从操作列表中选择一个。',
  noEdge: '未指定调用',
  noEdgeHelp: '请在拓扑图或服务的列表中选择一个。',
  toOperations: '操作',
  toMap: '服务拓扑',
  side: '视角',
  sides: { server: '被调用方', client: '调用方' },
  sideHelp: '对数据库或主机的调用只有调用方可见。',
  noCalls: '它不调用任何服务，也没有服务调用它。',
  cut: '仅列出前 {{count}} 项。',
};
export default zh;

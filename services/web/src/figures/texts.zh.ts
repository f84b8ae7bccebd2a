import type { Translated } from '../i18n/i18n.ts';
import type en from './texts.en.ts';

const zh: Translated<typeof en> = {
  environment: '环境',
  allEnvironments: '所有环境',
  allServices: '所有服务',
  baseline: '对比',
  baselines: { previous: '前一个时间段', day: '一天前', week: '一周前' },
  percentiles: '百分位',
  rate: '调用/秒',
  errorRate: '错误率',
  max: '最长',
  change: '变化',
  time: '时间',
  asTable: '以表格显示',
  growing: '斜线部分：数据可能还会增加',
  emptyWindow: '此时间段内没有调用',
  emptyHelp: '请选择更长的时间范围，或其他环境。',
  chart: { durations: '耗时', calls: '每秒调用数', errors: '错误率', heatmap: '耗时热力图' },
  heatmapHelp: '点击单元格，或用方向键移动并按 Enter，查看耗时在此范围内的链路。',
  cell: '{{time}}，耗时 {{from}} 到 {{to}}：{{calls}} 次调用',
  fewer: '少',
  more: '调用多',
  traces: '此单元格的链路',
  tracesAt: '{{from}} 到 {{to}}，自 {{time}} 起',
  slowestTrace: '此时段最慢的链路',
  failedTrace: '此时段失败的链路',
  noTraces: '此单元格已没有存储的跨度。',
};
export default zh;

import type { Translated } from '../i18n/i18n.ts';
import type en from './texts.en.ts';

const zh: Translated<typeof en> = {
  title: '汇总',
  titleOf: '汇总 {{name}}',
  all: '所有汇总',
  runs: '运行记录（最新在前）',
  none: '尚未运行任何时间窗口',
  noneHelp: '每小时的汇总在该小时结束 10 分钟后运行。',
  noneOf: '没有这样的运行记录',
  any: '全部',
  statuses: { running: '运行中', done: '已完成', failed: '失败' },
  rollup: '汇总',
  window: '时间窗口（UTC）',
  rows: '行数',
  took: '用时',
  started: '开始时间',
  completeTo: '数据完整至',
  result: '{{window}} UTC 的结果',
  emptyResult: '结果为空。',
  noResult: '此处没有结果：它写入自己的表，或尚未结束。',
};
export default zh;

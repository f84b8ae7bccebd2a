import type { Translated } from '../i18n/i18n.ts';
import type en from './texts.en.ts';

const zh: Translated<typeof en> = {
  title: '对比两条链路',
  swap: '互换',
  swapHelp: '反过来对比',
  onlyChanged: '仅显示变化',
  traceId: '链路 {{name}}',
  path: '调用路径',
  both: '上为 A，下为 B',
  added: '新增',
  gone: '消失',
  missing: '未到达的 Span',
  errors_one: '{{count}} 个错误',
  errors_other: '{{count}} 个错误',
  cut: '显示 {{count}} 条调用路径中的前 {{shown}} 条。',
  counts: {
    slower_one: '{{count}} 条变慢',
    slower_other: '{{count}} 条变慢',
    faster_one: '{{count}} 条变快',
    faster_other: '{{count}} 条变快',
    added_one: '{{count}} 条新增',
    added_other: '{{count}} 条新增',
    gone_one: '{{count}} 条消失',
    gone_other: '{{count}} 条消失',
  },
};
export default zh;

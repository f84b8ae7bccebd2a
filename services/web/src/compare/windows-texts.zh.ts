import type { Translated } from '../i18n/i18n.ts';
import type en from './windows-texts.en.ts';

const zh: Translated<typeof en> = {
  title: '有何变化',
  of: '对象',
  ofs: { operations: '操作', edges: '服务间调用' },
  sort: '优先显示',
  sorts: { duration: '变慢的', errors: '错误变多的', calls: '调用变多的' },
  now: '现在',
  before: '之前',
  window: '时间段',
  base: '对比',
  custom: '其他时间段',
  swap: '互换',
  only: '显示',
  onlys: { all: '全部', slower: '变慢', added: '新增', gone: '消失' },
  added: '新增',
  gone: '消失',
  slower: '变慢',
  perMinute: '调用/分钟',
  change: '变化',
  nothing: '没有此类项目',
  nothingHelp: '两个时间段内都没有：请显示全部，或选择其他时间段。',
  cut: '仅列出前 {{count}} 项。',
  noChange: '▲ 表示：慢了十分之一以上，或错误率高了半个百分点以上。',
};
export default zh;

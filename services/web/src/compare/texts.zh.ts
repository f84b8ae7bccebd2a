import type { Translated } from '../i18n/i18n.ts';
import type en from './texts.en.ts';

const zh: Translated<typeof en> = { title: 'compare' };
export default zh;

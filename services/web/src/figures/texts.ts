import { addTexts } from '../i18n/i18n.ts';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('figures', en, zh);

import 'i18next';
import type common from './texts.en.ts';
import type search from '../search/texts.en.ts';
import type trace from '../trace/texts.en.ts';
import type compare from '../compare/texts.en.ts';
import type map from '../map/texts.en.ts';
import type edge from '../edge/texts.en.ts';
import type figures from '../figures/texts.en.ts';
import type windows from '../compare/windows-texts.en.ts';
import type pipeline from '../pipeline/texts.en.ts';
import type rollups from '../rollups/texts.en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      common: typeof common;
      search: typeof search;
      trace: typeof trace;
      compare: typeof compare;
      map: typeof map;
      edge: typeof edge;
      figures: typeof figures;
      windows: typeof windows;
      pipeline: typeof pipeline;
      rollups: typeof rollups;
    };
  }
}

const contexts = new Map<string, CanvasRenderingContext2D | null>();

/** How wide a text is in a font, in px. */
export function textWidth(text: string, font: string): number {
  let context = contexts.get(font);
  if (context === undefined) {
    context = document.createElement('canvas').getContext('2d');
    if (context !== null) context.font = font;
    contexts.set(font, context);
  }
  // Digits are as wide as each other on the page, which a canvas does not know.
  return context?.measureText(text.replaceAll(/\d/g, '0')).width ?? text.length * 7;
}

const family = "'Inter Variable', system-ui, sans-serif";
export const nameFont = `600 13px ${family}`;
export const figureFont = `12px ${family}`;

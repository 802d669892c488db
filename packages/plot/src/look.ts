import type { Config } from 'vega-lite';

/** The colour of text. */
export const ink = '#2b2f36';
/** The colour of what to look at. */
export const signal = '#c8372d';
/** The colour of text that explains. */
export const faint = '#6b7280';

/**
 * Colours that people with any kind of colour vision tell apart (M. Okabe and K. Ito, 2008), without yellow, which is too pale for
 * lines on white.
 */
export const palette: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#4b5058',
  '#8c564b',
  '#7b61c9',
  '#7a8a00',
];

/** The one look that all pictures share. */
export const look: Config = {
  font: 'Inter, Helvetica, Arial, sans-serif',
  background: 'white',
  padding: 20,
  view: { stroke: null },
  title: {
    anchor: 'start',
    color: ink,
    fontSize: 15,
    fontWeight: 600,
    subtitleColor: faint,
    subtitleFontSize: 12,
    subtitlePadding: 6,
    offset: 14,
  },
  axis: {
    domainColor: '#c9ced6',
    tickColor: '#c9ced6',
    gridColor: '#eceef1',
    labelColor: faint,
    labelFontSize: 11,
    titleColor: ink,
    titleFontSize: 12,
    titleFontWeight: 400,
    titlePadding: 8,
  },
  legend: {
    labelColor: ink,
    labelFontSize: 12,
    labelLimit: 0,
    titleColor: ink,
    titleFontSize: 12,
    titleFontWeight: 400,
  },
};

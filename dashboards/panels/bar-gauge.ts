import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeValueMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { buildPanel, type Panel, type PanelOptions } from './panel.ts';

/** A short ranked list: one horizontal bar for each series. */
export function bars(options: PanelOptions & { readonly max?: number }): Panel {
  const { width, height, max } = options;
  return {
    width,
    height,
    build: (locale) => {
      const builder = buildPanel(new PanelBuilder(), options, 'instant', locale)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
        .orientation(VizOrientation.Horizontal)
        .displayMode(BarGaugeDisplayMode.Basic)
        .valueMode(BarGaugeValueMode.Color)
        .namePlacement(BarGaugeNamePlacement.Left)
        .showUnfilled(true)
        .min(0);
      return max === undefined ? builder : builder.max(max);
    },
  };
}

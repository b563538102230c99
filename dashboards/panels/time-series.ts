import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { COLOR } from './palette.ts';
import { buildPanel, type Panel, type PanelOptions } from './panel.ts';

export interface TimeSeriesOptions extends PanelOptions {
  readonly draw?: 'lines' | 'stacked bars' | 'stacked areas';
  readonly min?: number;
  readonly max?: number;
  /** Queries that are limits, by refId: drawn as dashed lines without area. */
  readonly limits?: Readonly<Record<string, keyof typeof COLOR>>;
  /** Fixed colours of series by their legend. */
  readonly colors?: Readonly<Record<string, string>>;
}

/** Curves over the time shown; gaps stay gaps, because "no data" is not the last value. */
export function timeSeries(options: TimeSeriesOptions): Panel {
  const { width, height, draw = 'lines', min, max, limits = {}, colors = {} } = options;
  return {
    width,
    height,
    build: (locale) => {
      const builder = buildPanel(new PanelBuilder(), options, 'range', locale)
        .drawStyle(draw === 'stacked bars' ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
        .lineWidth(1)
        .fillOpacity(draw === 'lines' ? 5 : 60)
        .showPoints(VisibilityMode.Never)
        .spanNulls(false)
        .stacking(
          new StackingConfigBuilder()
            .mode(draw === 'lines' ? StackingMode.None : StackingMode.Normal)
            .group('A'),
        )
        .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Off))
        .legend(
          new VizLegendOptionsBuilder()
            .showLegend(true)
            .displayMode(LegendDisplayMode.List)
            .placement(LegendPlacement.Bottom)
            .calcs([]),
        )
        .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
      if (min !== undefined) builder.min(min);
      if (max !== undefined) builder.max(max);
      for (const [refId, color] of Object.entries(limits)) {
        builder.overrideByQuery(refId, [
          { id: 'color', value: { mode: 'fixed', fixedColor: COLOR[color] } },
          { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
          { id: 'custom.fillOpacity', value: 0 },
        ]);
      }
      for (const [name, color] of Object.entries(colors)) {
        builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
      }
      return builder;
    },
  };
}

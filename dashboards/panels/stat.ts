import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { buildPanel, type Panel, type PanelOptions } from './panel.ts';

type Display = 'value' | 'name' | 'value_and_name';

const TEXT_MODES: Readonly<Record<Display, BigValueTextMode>> = {
  value: BigValueTextMode.Value,
  name: BigValueTextMode.Name,
  value_and_name: BigValueTextMode.ValueAndName,
};

/** One number, large, coloured by its steps; or one fact that is the name of a series, such as a version. */
export function stat(options: PanelOptions & { readonly display?: Display }): Panel {
  const { width, height, display = 'value' } = options;
  return {
    width,
    height,
    build: (locale) =>
      buildPanel(new PanelBuilder(), options, 'instant', locale)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
        .textMode(TEXT_MODES[display])
        .colorMode(BigValueColorMode.Value)
        .graphMode(BigValueGraphMode.None)
        .justifyMode(BigValueJustifyMode.Center)
        .orientation(VizOrientation.Auto),
  };
}

/** A wall of tiles, one for each series: name, state in words, background colour. */
export function tiles(options: PanelOptions): Panel {
  const { width, height } = options;
  return {
    width,
    height,
    build: (locale) =>
      buildPanel(new PanelBuilder(), options, 'instant', locale)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
        .textMode(BigValueTextMode.ValueAndName)
        .colorMode(BigValueColorMode.Background)
        .graphMode(BigValueGraphMode.None)
        .justifyMode(BigValueJustifyMode.Center)
        .orientation(VizOrientation.Auto)
        .text(new VizTextDisplayOptionsBuilder().titleSize(13).valueSize(13)),
  };
}

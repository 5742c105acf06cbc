import * as candlestick from '@grafana/grafana-foundation-sdk/candlestick'
import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import * as gauge from '@grafana/grafana-foundation-sdk/gauge'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline'
import * as table from '@grafana/grafana-foundation-sdk/table'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'
import * as trend from '@grafana/grafana-foundation-sdk/trend'
import { draftPanel, type PanelDraft, type PanelSpec } from './panel.ts'

/** Where it turns bad: drawn as a dashed line, or as a colour. */
export interface Limit {
  readonly at: number
  /** Which side of the limit is bad; default above. */
  readonly bad?: 'above' | 'below'
}

interface Bounds {
  readonly min?: number
  readonly max?: number
  readonly decimals?: number
}

export interface TimeSeriesStyle extends Bounds {
  readonly draw?: 'lines' | 'area' | 'bars' | 'steps'
  readonly stacked?: boolean
  readonly limit?: Limit
}

/** Lines over time. */
export function timeSeries(spec: PanelSpec, style: TimeSeriesStyle = {}): PanelDraft {
  const { draw = 'lines', stacked = false, limit } = style
  const builder = new timeseries.PanelBuilder()
    .legend(legendBelow())
    .tooltip(tooltipOfAll())
    .lineWidth(1)
    .fillOpacity({ lines: 0, steps: 0, area: 25, bars: 80 }[draw])
    .showPoints(common.VisibilityMode.Never)
    .drawStyle(draw === 'bars' ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .lineInterpolation(draw === 'steps' ? common.LineInterpolation.StepAfter : common.LineInterpolation.Linear)
    .colorScheme(colours(FieldColorModeId.PaletteClassicByName))
  if (stacked) builder.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'))
  if (limit) {
    builder
      .thresholds(thresholds(limit))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed))
  }
  bound(builder, style)
  return draftPanel(builder, spec)
}

export interface StatStyle extends Bounds {
  readonly limit?: Limit
  readonly sparkline?: boolean
}

/** The newest value as a number. */
export function statPanel(spec: PanelSpec, style: StatStyle = {}): PanelDraft {
  const { limit, sparkline = false } = style
  const builder = new stat.PanelBuilder()
    .reduceOptions(newestValue())
    .graphMode(sparkline ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .colorScheme(colours(FieldColorModeId.Thresholds))
    .thresholds(limit ? thresholds(limit) : steps([{ value: null, color: 'blue' }]))
  bound(builder, style)
  return draftPanel(builder, spec)
}

/** The newest value on a dial. */
export function gaugePanel(spec: PanelSpec, style: Required<Omit<Bounds, 'decimals'>> & { limit: Limit }): PanelDraft {
  const builder = new gauge.PanelBuilder()
    .reduceOptions(newestValue())
    .showThresholdMarkers(true)
    .colorScheme(colours(FieldColorModeId.Thresholds))
    .thresholds(thresholds(style.limit))
  bound(builder, style)
  return draftPanel(builder, spec)
}

/** The name and the colour of a value. */
export type States = Readonly<Record<string, { readonly text: string; readonly color: string }>>

/** The states over time, a line for each series. */
export function stateTimeline(spec: PanelSpec, states: States): PanelDraft {
  const builder = new statetimeline.PanelBuilder()
    .legend(new common.VizLegendOptionsBuilder().showLegend(false))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Single))
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto)
    .rowHeight(0.85)
    .fillOpacity(80)
    .lineWidth(0)
    .mappings([mappingOf(states)])
    .colorScheme(colours(FieldColorModeId.Thresholds))
    .thresholds(steps([{ value: null, color: 'text' }]))
  return draftPanel(builder, spec)
}

/** Rows and columns; sorted by a column if one is named. */
export function tablePanel(spec: PanelSpec, sortBy?: { readonly column: string; readonly desc: boolean }): PanelDraft {
  const builder = new table.PanelBuilder().showHeader(true).cellHeight(common.TableCellHeight.Sm).filterable(true)
  if (sortBy) {
    builder.sortBy([new common.TableSortByFieldStateBuilder().displayName(sortBy.column).desc(sortBy.desc)])
  }
  return draftPanel(builder, spec)
}

/** A histogram over time; the query returns its buckets, with `{{le}}` as the legend. */
export function heatmapPanel(spec: PanelSpec): PanelDraft {
  const builder = new heatmap.PanelBuilder()
    .calculate(false)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Blues')
        .fill('dark-orange')
        .exponent(0.5)
        .steps(64)
        .reverse(false),
    )
    .yAxis(new heatmap.YAxisConfigBuilder().unit(spec.unit).axisPlacement(common.AxisPlacement.Left))
    .cellGap(1)
    .showValue(common.VisibilityMode.Never)
    .showLegend()
    .tooltip(new heatmap.HeatmapTooltipBuilder().mode(common.TooltipDisplayMode.Single).yHistogram(true))
  return draftPanel(builder, spec)
}

/** Candles with their volume, of fields named open, high, low, close and volume. */
export function candlestickPanel(spec: PanelSpec): PanelDraft {
  const builder = new candlestick.PanelBuilder()
    .mode(candlestick.VizDisplayMode.CandlesVolume)
    .candleStyle(candlestick.CandleStyle.Candles)
    .colorStrategy(candlestick.ColorStrategy.OpenClose)
    .fields(
      new candlestick.CandlestickFieldMapBuilder().open('open').high('high').low('low').close('close').volume('volume'),
    )
    .colors(new candlestick.CandlestickColorsBuilder().up('green').down('red').flat('gray'))
    .includeAllFields(false)
    .legend(new common.VizLegendOptionsBuilder().showLegend(false))
    .tooltip(tooltipOfAll())
  return draftPanel(builder, spec)
}

/** Areas over an ascending number: the field named `xField`. Bounds of the panel would apply to that number too. */
export function areaOverNumber(spec: PanelSpec, xField: string): PanelDraft {
  const builder = new trend.PanelBuilder()
    .xField(xField)
    .legend(legendBelow())
    .tooltip(tooltipOfAll())
    .drawStyle(common.GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(50)
    .showPoints(common.VisibilityMode.Never)
    .spanNulls(false)
  return draftPanel(builder, spec)
}

/** Green on the good side of the limit, red on the other. */
function thresholds({ at, bad = 'above' }: Limit): ThresholdsConfigBuilder {
  const [below, above] = bad === 'above' ? ['green', 'red'] : ['red', 'green']
  return steps([
    { value: null, color: below },
    { value: at, color: above },
  ])
}

function steps(list: Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list)
}

function mappingOf(states: States): ValueMapping {
  const results = Object.entries(states).map(([value, state], index) => [value, { ...state, index }] as const)
  return { type: MappingType.ValueToText, options: Object.fromEntries(results) }
}

function bound(
  builder: { min(v: number): unknown; max(v: number): unknown; decimals(v: number): unknown },
  { min, max, decimals }: Bounds,
): void {
  if (min !== undefined) builder.min(min)
  if (max !== undefined) builder.max(max)
  if (decimals !== undefined) builder.decimals(decimals)
}

function colours(mode: FieldColorModeId): FieldColorBuilder {
  return new FieldColorBuilder().mode(mode)
}

function newestValue(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().values(false).calcs(['lastNotNull']).fields('')
}

function legendBelow(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([])
}

function tooltipOfAll(): common.VizTooltipOptionsBuilder {
  return new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending)
}

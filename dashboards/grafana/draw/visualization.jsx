// The inside of a panel. Grafana's panels are plugins of its server; these put the same parts of its library together.
import { dateTime, FieldMatcherID, fieldMatchers, FieldType, getDisplayValueAlignmentFactors, getFieldDisplayName, getFieldDisplayValues, getFieldMatcher, isLikelyAscendingVector, toDataFrame } from '@grafana/data';
import { BarGauge, BigValue, preparePlotFrame, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';

const NotDrawn = ({ why, theme }) => <div style={{ height: '100%', display: 'grid', placeContent: 'center', color: theme.colors.text.disabled }}>{why}</div>;

function Series({ panel, frames, span, width, height, prepare }) {
  const timeRange = { from: dateTime(span.from * 1000), to: dateTime(span.to * 1000) };
  return <TimeSeries frames={frames} timeRange={timeRange} timeZone="utc" legend={panel.options.legend} width={width} height={height} preparePlotFrame={prepare} />;
}

/** The field that is meant, by the name that it is shown with. */
const named = (frames, name) => frames.flatMap((frame) => frame.fields.filter((field) => getFieldDisplayName(field, frame, frames) === name))[0];

const along = (x) => (frames, dimensions) => preparePlotFrame(frames, { ...dimensions, x: fieldMatchers.get(FieldMatcherID.byName).get(x) });

function Trend(props) {
  const x = props.panel.options.xField;
  const field = named(props.frames, x);
  if (props.frames.length !== 1 || !field || !isLikelyAscendingVector(field.values)) {
    return <NotDrawn why={`Grafana would refuse: ${x} must be there, in one frame, and ascend`} {...props} />;
  }
  return <Series {...props} prepare={along(x)} />;
}

/** Each series of an XY chart as a line over its own x. Like Grafana's, it wants the frame told, and reads no variables. */
function XyChart(props) {
  const { palette, getColorByName } = props.theme.visualization;
  const frames = props.panel.options.series.map(({ frame, x, y }, index) => {
    const from = props.frames[frame.matcher.options];
    const [across, up] = [x, y].map(({ matcher }) => from.fields.find((field) => field.type === FieldType.number && getFieldMatcher(matcher)(field, from, props.frames)));
    const rows = across.values.map((value, row) => [value, up.values[row]]).filter((row, at, all) => !row.includes(null) && !row.includes(undefined) && row[0] !== all[at - 1]?.[0]);
    const color = { mode: 'fixed', fixedColor: getColorByName(palette[index]) };
    const name = getFieldDisplayName(up, from, props.frames);
    return toDataFrame({
      fields: [
        { ...across, name: 'x', config: { ...across.config, custom: {} }, state: undefined, values: rows.map((row) => row[0]) },
        { ...up, config: { ...up.config, color, displayName: name }, state: undefined, values: rows.map((row) => row[1]) },
      ],
    });
  });
  return <Series {...props} frames={frames} prepare={along('x')} />;
}

function values({ panel, frames, theme }) {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: (text) => text,
    sparkline: panel.options.graphMode !== undefined && panel.options.graphMode !== 'none',
    data: frames,
    timeZone: 'utc',
    theme,
  });
}

function Stat(props) {
  const { colorMode, graphMode, justifyMode, textMode, wideLayout, text } = props.panel.options;
  return (
    <VizRepeater
      source={props.frames} renderCounter={0} width={props.width} height={props.height} orientation={props.panel.options.orientation} autoGrid itemSpacing={3}
      getValues={() => values(props)} getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, count, alignmentFactors }) => (
        <BigValue value={value.display} sparkline={value.sparkline} {...{ colorMode, graphMode, justifyMode, textMode, wideLayout, text, width, height, count, alignmentFactors, theme: props.theme }} />
      )}
    />
  );
}

function Bars(props) {
  const { orientation, displayMode, showUnfilled, valueMode, namePlacement, minVizHeight, maxVizHeight, minVizWidth, text } = props.panel.options;
  return (
    <VizRepeater
      source={props.frames} renderCounter={0} width={props.width} height={props.height} itemSpacing={10}
      {...{ orientation, minVizHeight, maxVizHeight, minVizWidth }}
      getValues={() => values(props)} getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, alignmentFactors }) => (
        <BarGauge
          value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)} valueDisplayMode={valueMode} theme={props.theme}
          {...{ width, height, orientation, displayMode, showUnfilled, namePlacement, alignmentFactors, text }} itemSpacing={10}
        />
      )}
    />
  );
}

const Rows = ({ panel, frames, width, height }) => (
  <TableNG data={frames[0]} sortBy={panel.options.sortBy} cellHeight={panel.options.cellHeight} {...{ width, height }} fieldConfig={panel.fieldConfig} enableVirtualization={false} />
);

const kinds = { timeseries: Series, trend: Trend, xychart: XyChart, stat: Stat, bargauge: Bars, table: Rows };

/** A panel's picture; grey words where there is nothing to draw, or nothing to draw it with. */
export function Visualization(props) {
  const Kind = kinds[props.panel.type];
  if (!Kind) {
    return <NotDrawn why={`not drawn here: ${props.panel.type} is no part of Grafana's library`} theme={props.theme} />;
  }
  return props.frames.some((frame) => frame.length > 0) ? <Kind {...props} /> : <NotDrawn why="No data" theme={props.theme} />;
}

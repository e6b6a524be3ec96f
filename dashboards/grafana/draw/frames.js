// From Prometheus' answers to the frames that a panel shows: as Grafana's Prometheus data source, then transformations and field options.
import { applyFieldOverrides, cacheFieldDisplayNames, FieldType, toDataFrame, transformDataFrame } from '@grafana/data';
import { lastValueFrom } from 'rxjs';

/** Text with the dashboard's variables filled in: Grafana does it to queries and legends, not to panels' options. */
const filledIn = (text, values) => text.replace(/\$\{?(\w+)}?/g, (all, name) => values[name] ?? all);
const number = (text) => (Number.isFinite(Number(text)) ? Number(text) : null);

/** One frame for each series, with null where a series has no sample. */
function ofSeries({ series, legendFormat, refId, step, instant }, values) {
  return series.map(({ metric, values: samples, value }) => {
    const name = filledIn(legendFormat, values).replace(/\{\{(\w+)}}/g, (_, label) => metric[label] ?? '').trim();
    const [times, numbers] = [[], []];
    for (const [time, text] of instant ? [value] : samples) {
      if (times.length > 0 && time * 1000 - times.at(-1) > step * 1500) {
        times.push(times.at(-1) + step * 1000);
        numbers.push(null);
      }
      times.push(time * 1000);
      numbers.push(number(text));
    }
    return toDataFrame({
      refId,
      name,
      fields: [
        { name: 'Time', type: FieldType.time, values: times, config: { interval: step * 1000 } },
        { name: 'Value', type: FieldType.number, values: numbers, labels: metric, config: { displayNameFromDS: name } },
      ],
    });
  });
}

function asTable({ series, refId }, alone) {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: series.map(({ value }) => value[0] * 1000) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: series.map(({ metric }) => metric[label] ?? '') })),
      { name: alone ? 'Value' : `Value #${refId}`, type: FieldType.number, values: series.map(({ value }) => number(value[1])) },
    ],
  });
}

/** JSON has no infinity: the first threshold is null in a file. */
export const fieldConfig = (panel) =>
  JSON.parse(JSON.stringify(panel.fieldConfig), (key, value) => (key === 'value' && value === null ? -Infinity : value));

/** The frames of a panel, ready to be drawn. */
export async function shown(panel, values, theme) {
  const frames = panel.answers.flatMap((answer) =>
    answer.format === 'table' ? [asTable(answer, panel.answers.length === 1)] : ofSeries(answer, values),
  );
  const drawn = applyFieldOverrides({
    data: await lastValueFrom(transformDataFrame(panel.transformations ?? [], frames)),
    fieldConfig: panel.fieldConfig,
    replaceVariables: (text) => filledIn(text, values),
    theme,
    timeZone: 'utc',
  });
  cacheFieldDisplayNames(drawn);
  return drawn;
}

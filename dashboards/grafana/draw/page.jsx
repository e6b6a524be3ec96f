// A dashboard as Grafana shows it, from what draw.js leaves in window.drawn.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import { createTheme, FieldType, standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { fieldConfig, shown } from './frames.js';
import { Visualization } from './visualization.jsx';

const { title, variables, values, span, width, panels } = window.drawn;
const theme = createTheme({ colors: { mode: 'dark' } });
const cell = { height: 30, gap: 8 };
const margin = 16;
const column = (width - 2 * margin - 23 * cell.gap) / 24;
const top = 88;

const place = ({ x, y, w, h }) => ({
  left: margin + x * (column + cell.gap),
  top: top + y * (cell.height + cell.gap),
  width: w * column + (w - 1) * cell.gap,
  height: h * cell.height + (h - 1) * cell.gap,
});

function Panel({ panel }) {
  const { left, top, width, height } = place(panel.gridPos);
  const box = { position: 'absolute', left, top, width, height };
  if (panel.type === 'row') {
    return <div style={{ ...box, fontSize: 16, fontWeight: 500, lineHeight: '30px' }}>{panel.collapsed ? `› ${panel.title} (${panel.panels.length} panels)` : `⌄ ${panel.title}`}</div>;
  }
  return (
    <div style={box}>
      <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
        {(innerWidth, innerHeight) => (
          <Visualization panel={panel} frames={panel.frames} theme={theme} span={span} width={innerWidth} height={innerHeight} />
        )}
      </PanelChrome>
    </div>
  );
}

function Variable({ name, label }) {
  const value = values[name] === '.+' ? 'All' : values[name];
  const border = `1px solid ${theme.colors.border.medium}`;
  return (
    <span style={{ border, borderRadius: 2, marginRight: 8, padding: '6px 0', fontSize: 12 }}>
      <span style={{ padding: '0 8px', fontWeight: 500 }}>{label}</span>
      <span style={{ borderLeft: border, padding: '0 8px', color: theme.colors.text.secondary }}>{value} ⌄</span>
    </span>
  );
}

function Dashboard() {
  const bottom = Math.max(...panels.map(({ gridPos }) => place(gridPos).top + place(gridPos).height));
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div data-drawn style={{ position: 'relative', width, height: bottom + margin }}>
        <div style={{ padding: '12px 16px', fontSize: 18, fontWeight: 500 }}>{title}</div>
        <div style={{ padding: '4px 16px' }}>{variables.map((variable) => <Variable key={variable.name} {...variable} />)}</div>
        {panels.map((panel) => <Panel key={panel.id} panel={panel} />)}
      </div>
    </ThemeContext.Provider>
  );
}

/** Grafana's own list of field options stands in its server's frontend: here, whatever the dashboards set. */
function fieldOptions() {
  const plain = ['unit', 'decimals', 'min', 'max', 'color', 'displayName', 'mappings', 'thresholds', 'noValue', 'links'];
  const custom = new Set(['hideFrom']);
  for (const { fieldConfig } of panels.filter((panel) => panel.fieldConfig)) {
    Object.keys(fieldConfig.defaults.custom ?? {}).forEach((name) => custom.add(name));
    for (const { id } of fieldConfig.overrides.flatMap((override) => override.properties)) {
      if (id.startsWith('custom.')) {
        custom.add(id.slice('custom.'.length));
      }
    }
  }
  const option = (id, path, isCustom) => ({ id, path, isCustom, name: id, process: (value) => value, shouldApply: (field) => field.type !== FieldType.time || path === 'hideFrom' });
  return [...plain.map((name) => option(name, name, false)), ...[...custom].map((name) => option(`custom.${name}`, name, true))];
}

standardFieldConfigEditorRegistry.setInit(fieldOptions);
standardTransformersRegistry.setInit(() =>
  Object.values(standardTransformers)
    .filter(({ id }, index, all) => all.findIndex((other) => other.id === id) === index)
    .map((transformation) => ({ id: transformation.id, name: transformation.name, transformation: async () => transformation })),
);
// What is measured with another font, does not fit.
await Promise.all([400, 500].map((weight) => document.fonts.load(`${weight} 16px Inter`)));
for (const panel of panels.filter((one) => one.answers)) {
  panel.fieldConfig = fieldConfig(panel);
  panel.frames = await shown(panel, values, theme);
}
Object.assign(document.body.style, { background: theme.colors.background.canvas, margin: 0 });
createRoot(document.getElementById('root')).render(<Dashboard />);

// Restates every dashboard as TypeScript typed by Grafana's schema, for tsc to check: a misspelt option is an error.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const dashboards = '../dashboards';
const build = 'build';
const panels = '../node_modules/@grafana/schema/dist/types/raw/composable';
/** Of xychart the schema keeps an old version too; this is the one that Grafana reads. */
const schemas = { xychart: 'xychart2' };
const withFieldConfig = ['timeseries', 'table', 'heatmap', 'trend', 'xychart'];
const types = ['stat', 'bargauge', ...withFieldConfig];

const imports = types
  .map((type) => `import type * as ${type} from '${panels}/${schemas[type] ?? type}/panelcfg/x/types.gen';`)
  .join('\n');

const helpers = `
// JSON holds the values of enums, not their names; what a provisioned file leaves out, Grafana fills in.
type Wire<T> = T extends string ? \`\${T}\` : T extends (infer E)[] ? Wire<E>[] : T extends object ? { [K in keyof T]?: Wire<T[K]> } : T;
// The schema has no query of Prometheus.
type Query = DataQuery & { expr: string; legendFormat: string; editorMode: 'code'; range: boolean; instant: boolean; format: 'table' };
type Typed<O, C> = Omit<Wire<Panel>, 'options' | 'fieldConfig' | 'targets'> & {
  options: Wire<O>;
  targets: Wire<Query>[];
  fieldConfig: { defaults: Omit<Wire<FieldConfig>, 'custom'> & { custom?: Wire<C> }; overrides: Wire<FieldConfigSource['overrides']> };
};
`;

rmSync(build, { recursive: true, force: true });
mkdirSync(build);
for (const file of readdirSync(dashboards)) {
  const { panels: placed, ...frame } = JSON.parse(readFileSync(`${dashboards}/${file}`, 'utf8'));
  const lines = [
    `import type { Dashboard, DataQuery, FieldConfig, FieldConfigSource, Panel, RowPanel } from '@grafana/schema';`,
    imports,
    helpers,
    `export const frame: Wire<Dashboard> = ${JSON.stringify(frame, null, 1)};`,
  ];
  const all = placed.flatMap((panel) => (panel.type === 'row' ? [{ ...panel, panels: [] }, ...panel.panels] : [panel]));
  for (const panel of all) {
    const options = types.includes(panel.type) ? `${panel.type}.Options` : 'never';
    const custom = withFieldConfig.includes(panel.type) ? `${panel.type}.FieldConfig` : 'never';
    const type = panel.type === 'row' ? 'Wire<RowPanel>' : `Typed<${options}, ${custom}>`;
    lines.push(`// ${panel.title}`, `export const panel${panel.id}: ${type} = ${JSON.stringify(panel, null, 1)};`);
  }
  writeFileSync(`${build}/${file.replace('.json', '.ts')}`, lines.join('\n'));
}
writeFileSync(
  `${build}/tsconfig.json`,
  JSON.stringify({
    compilerOptions: { strict: true, noEmit: true, skipLibCheck: true, module: 'esnext', moduleResolution: 'bundler', types: [], lib: ['es2022', 'dom'] },
    files: readdirSync(build).filter((file) => file.endsWith('.ts')),
  }),
);

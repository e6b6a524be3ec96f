// Holds asyncapi.yaml against AsyncAPI's own parser, and the golden rows of every version of the contract against its schemas.
import { readdirSync, readFileSync } from 'node:fs';
import asyncapi from '@asyncapi/parser';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const golden = '../src/test/resources/golden';
const faults = [];

const { document, diagnostics } = await new asyncapi.Parser().parse(readFileSync('../asyncapi.yaml', 'utf8'));
for (const { message, path, severity } of diagnostics) {
  // Errors and warnings; what is only information asks for the newest version of AsyncAPI, which few tools read.
  if (severity <= 1) faults.push(`asyncapi.yaml, ${path.join('.')}: ${message}`);
}

/** What no reader may take for a row: a field that is always there is missing, or holds something else. */
function* spoilt(row, schema) {
  for (const name of schema.required) {
    yield [`without ${name}`, Object.fromEntries(Object.entries(row).filter(([other]) => other !== name))];
  }
  for (const name of Object.keys(schema.properties)) {
    yield [`with ${name} null`, { ...row, [name]: null }];
  }
}

let rows = 0;
let refused = 0;
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
const messages = document ? document.components().messages().all() : [];
for (const message of messages.filter((each) => each.contentType() === 'application/json')) {
  const schema = message.payload().json();
  const validate = ajv.compile(schema);
  const before = rows;
  for (const version of readdirSync(golden)) {
    for (const file of readdirSync(`${golden}/${version}`)) {
      if (!file.endsWith('.json') || file.replace(/(-.*)?\.json$/, '') !== message.name()) continue;
      const row = JSON.parse(readFileSync(`${golden}/${version}/${file}`, 'utf8'));
      rows++;
      if (!validate(row)) faults.push(`${version}/${file}: ${ajv.errorsText(validate.errors)}`);
      for (const [how, broken] of spoilt(row, schema)) {
        refused++;
        if (validate(broken)) faults.push(`${version}/${file} ${how} passes`);
      }
    }
  }
  if (rows === before) faults.push(`${message.name()}: no golden row`);
}

faults.forEach((fault) => console.error(fault));
console.log(`contract: ${messages.length} messages, ${rows} golden rows taken, ${refused} spoilt ones refused`);
process.exit(faults.length > 0 || rows === 0 ? 1 : 0);

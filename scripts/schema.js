// Writes pushbutton.schema.json and the reference in docs/configuration.md anew from src/config/schema.ts:
// `npm run build && node scripts/schema.js && npm run format`.
import { readFileSync, writeFileSync } from 'node:fs';
import { jsonSchema } from '../dist/src/config/schema.js';
import { withReference } from './reference.js';

const schema = jsonSchema();
writeFileSync(new URL('../pushbutton.schema.json', import.meta.url), schema);

const page = new URL('../docs/configuration.md', import.meta.url);
writeFileSync(page, withReference(readFileSync(page, 'utf8'), JSON.parse(schema)));

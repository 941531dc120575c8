// Regenerates pushbutton.schema.json from src/config/schema.ts:
// `npm run build && node scripts/schema.js && npm run format`.
import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../dist/src/config/schema.js';

writeFileSync(new URL('../pushbutton.schema.json', import.meta.url), jsonSchema());

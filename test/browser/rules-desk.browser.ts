import { DESK } from './chromium.js';
import { rules } from './rules.js';

rules({ ...DESK, colorScheme: 'dark' });

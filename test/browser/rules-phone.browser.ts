import { PHONE } from './chromium.js';
import { rules } from './rules.js';

rules({ ...PHONE, colorScheme: 'light' });

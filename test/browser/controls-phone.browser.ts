import { PHONE } from './chromium.js';
import { controls } from './controls.js';

controls(PHONE);

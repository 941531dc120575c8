import { DESK } from './chromium.js';
import { controls } from './controls.js';

controls(DESK);

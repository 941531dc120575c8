import { crashMatrix } from './crash-matrix.js';

crashMatrix(1);

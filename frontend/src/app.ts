// The script of the pages where one reads and writes.
import { start } from './core';

start();

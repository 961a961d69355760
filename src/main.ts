import { fileURLToPath } from 'node:url';
import { runProgram } from './cli/program.js';

process.exit(await runProgram(process.argv.slice(2), fileURLToPath(import.meta.url)));

export { type ExitCode, exitCodes } from "./exit.js";
export { run } from "./run.js";

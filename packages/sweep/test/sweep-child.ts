import { sweepIn } from "./sweep-process.js";

await sweepIn(process.argv[2]!, (line) => process.stdout.write(`${line}\n`));

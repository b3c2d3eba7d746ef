import { readFile } from "node:fs/promises";
import path from "node:path";
import { read } from "@isoflop/spec";
import { listFolder } from "@isoflop/train/node";
import { SweepError } from "../errors.js";
import { measurementName, measurementSchema, type RunMeasurement } from "../measurement.js";
import { inOrder } from "../store.js";

/** Where the numbers of a run's trained model lie, a file each. */
export const measurementsIn = (run: string): string => path.join(run, "metrics");

/** Names of their files. */
export const measurementFiles = /^[\w.-]+-[0-9a-f]{16}\.json$/;

export const measurementFile = (run: string, { card }: RunMeasurement): string =>
  path.join(measurementsIn(run), `${measurementName(card)}.json`);

export const measurementText = (measurement: RunMeasurement): string =>
  `${JSON.stringify(measurement, undefined, 2)}\n`;

/** @throws SweepError `record` for a file that is not whole, or of another card than its name says */
const parsed = (file: string, text: string): RunMeasurement => {
  try {
    const found = read(measurementSchema, JSON.parse(text), { name: "", error: (message) => new Error(message) });
    const owner = `${measurementName(found.card)}.json`;
    if (owner !== path.basename(file)) throw new Error(`its card belongs to ${owner}`);
    return found;
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SweepError("record", `${file} is no measurement: ${why}. Remove the file to measure again`, {
      cause: error,
    });
  }
};

/** All measurements in a run's folder. */
export const readMeasurements = async (run: string): Promise<readonly RunMeasurement[]> => {
  const folder = measurementsIn(run);
  const found: RunMeasurement[] = [];
  for (const name of (await listFolder(folder)).filter((name) => measurementFiles.test(name))) {
    const file = path.join(folder, name);
    found.push(parsed(file, await readFile(file, "utf8")));
  }
  return inOrder(found);
};

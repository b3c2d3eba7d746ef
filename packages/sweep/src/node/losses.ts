import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { read } from "@isoflop/spec";
import * as v from "valibot";
import { SweepError } from "../errors.js";
import { checkedLosses, lossesSchema, type ValidationLosses } from "../losses.js";
import { ifMissing } from "./files.js";

/** Names of the file of a run's validation losses. */
export const lossesFile = /^losses\.json\.gz$/;

/** Where the validation losses of a run lie: JSON, compressed. */
export const lossesIn = (run: string): string => path.join(run, "losses.json.gz");

/** Digits with which every f32 comes back; fewer do for most. */
const MOST_DIGITS = 9;

/** An f32 in as few digits as give it back. */
const shortest = (value: number): number => {
  for (let digits = 6; digits < MOST_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(MOST_DIGITS));
};

const RECORD = "validation-losses";

const schema = v.looseObject({ record: v.literal(RECORD, `"${RECORD}"`), run: v.string("a run's id") }, "a record");

const problem = (message: string): Error => new Error(message);

const parsed = (id: string, json: string): ValidationLosses => {
  const { record: _, run, ...rest } = read(schema, JSON.parse(json), { name: "", error: problem });
  if (run !== id) throw new Error(`it is of run ${run}`);
  return read(lossesSchema, rest, { name: "", error: problem });
};

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** The bytes of a losses file. @throws SweepError `record` for losses that no reader would take */
export const lossesBytes = async (id: string, given: ValidationLosses): Promise<Uint8Array> => {
  const { samples, times, losses } = checkedLosses(id, given);
  const [shortTimes, shortLosses] = [times, losses].map((values) => Array.from(values, shortest));
  const json = JSON.stringify({ record: RECORD, run: id, samples, times: shortTimes, losses: shortLosses });
  return await pack(json, { level: 9 });
};

/**
 * The validation losses of a run; undefined for one that is not done, and for one of a time or a train function that kept none.
 * @throws SweepError `record` naming a file that is not whole, or of another run
 */
export const readLosses = async (run: string): Promise<ValidationLosses | undefined> => {
  const file = lossesIn(run);
  const bytes = await readFile(file).catch(ifMissing(undefined));
  if (bytes === undefined) return undefined;
  try {
    return parsed(path.basename(run), (await unpack(bytes)).toString("utf8"));
  } catch (error) {
    const advice = "Remove the file to do without, or the run to train it again";
    throw new SweepError("record", `${file} holds no losses of this run: ${(error as Error).message}. ${advice}`, {
      cause: error,
    });
  }
};

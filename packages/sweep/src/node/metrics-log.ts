import { open, readFile } from "node:fs/promises";
import { number, record, whole } from "@isoflop/spec";
import type { StepMetrics } from "@isoflop/train";
import * as v from "valibot";
import { byStep } from "../store.js";
import { ifMissing } from "./files.js";

const entry = record({ step: whole(), loss: number(), gradientNorm: number(), learningRate: number() });

const NEWLINE = 10;

/** Whether a file ends in the middle of a line, as a process that was killed leaves it. */
const endsTorn = async (file: string): Promise<boolean> => {
  const handle = await open(file, "r").catch(ifMissing(undefined));
  if (!handle) return false;
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== NEWLINE;
  } finally {
    await handle.close();
  }
};

/** Appends one JSON line per step. A torn last line is ended first, so that it spoils nothing but itself. */
export const appendMetrics = async (file: string, metrics: readonly StepMetrics[]): Promise<void> => {
  const lines = metrics.map((step) => `${JSON.stringify(step)}\n`).join("");
  const start = (await endsTorn(file)) ? "\n" : "";
  const handle = await open(file, "a");
  try {
    await handle.writeFile(start + lines);
  } finally {
    await handle.close();
  }
};

const parse = (line: string): StepMetrics | undefined => {
  try {
    return v.parse(entry, JSON.parse(line));
  } catch {
    return undefined;
  }
};

const entriesIn = (text: string): StepMetrics[] => text.split("\n").flatMap((line) => parse(line) ?? []);

/** Bytes that surely hold the last line, whoever was killed while writing after it. */
const TAIL = 8192;

/** The metrics that were written last; undefined where there are none. */
export const lastMetrics = async (file: string): Promise<StepMetrics | undefined> => {
  const handle = await open(file, "r").catch(ifMissing(undefined));
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return entriesIn(buffer.toString("utf8", 0, bytesRead)).at(-1);
  } finally {
    await handle.close();
  }
};

/** Reads on in a log that someone else writes: each call gives what was added since the one before. */
export class MetricsFollower {
  #from = 0;
  #torn = "";

  constructor(readonly file: string) {}

  async read(): Promise<readonly StepMetrics[]> {
    const handle = await open(this.file, "r").catch(ifMissing(undefined));
    if (!handle) return [];
    try {
      const { size } = await handle.stat();
      // Another log of the same name: the run was removed and begun anew.
      if (size < this.#from) [this.#from, this.#torn] = [0, ""];
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(size - this.#from),
        0,
        size - this.#from,
        this.#from,
      );
      this.#from += bytesRead;
      const lines = (this.#torn + buffer.toString("utf8", 0, bytesRead)).split("\n");
      this.#torn = lines.pop() ?? "";
      return lines.flatMap((line) => parse(line) ?? []);
    } finally {
      await handle.close();
    }
  }
}

/** The metrics of every step; torn lines are left out: the steps they told of were done again. */
export const readMetrics = async (file: string): Promise<readonly StepMetrics[]> => {
  const text = await readFile(file, "utf8").catch(ifMissing(""));
  return byStep(entriesIn(text));
};

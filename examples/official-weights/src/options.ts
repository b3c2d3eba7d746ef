import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { families } from "./families.js";

const options = {
  layout: { type: "string" },
  prefix: { type: "string" },
  set: { type: "string" },
  heads: { type: "string" },
  size: { type: "string" },
  family: { type: "string" },
  labels: { type: "string" },
  guidance: { type: "string", default: "4" },
  steps: { type: "string", default: "50" },
  seed: { type: "string", default: "0" },
  decoder: { type: "string" },
  out: { type: "string", default: "runs/official-weights.png" },
  device: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

export const help = `Says what a file of DiT weights is, verifies it, and draws with it.

  npm run example -- official-weights [FILE.safetensors | FOLDER] [options]

  FILE                  weights; without it a small random checkpoint that comes along
  --layout NAME         of the names, where they do not tell
  --set NAME            ema, model, …: which weights of a file that has several
  --prefix TEXT         before every name, in place of a set
  --heads N             heads of attention, which no shape tells; known for the published sizes
  --size N              side of the latents, where no position table tells
  --family NAME         ${Object.keys(families).join(", ")}: clock and prediction, which nothing in a file tells
  --labels A,B,…        classes to draw
  --guidance X          of classifier-free guidance; 1 is none (${options.guidance.default})
  --steps N             of Heun's method (${options.steps.default})
  --seed N              of the noise
  --decoder FILE        of latents, in safetensors: TAESD; without it a linear preview of them is drawn
  --out FILE.png        (${options.out.default})
  --device NAME         wasm or webgpu; what is fastest here if unsaid`;

const number = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least) || value === Infinity)
    throw new Error(`--${name} is "${text}"; it takes a number of at least ${least}`);
  return value;
};

/** A file to read, from where the example was started: package managers say where that was. */
const whereAsked = (path: string): string => resolve(process.env.INIT_CWD ?? ".", path);

const whole = (name: string, text: string, least: number): number => {
  const value = number(name, text, least);
  if (!Number.isInteger(value)) throw new Error(`--${name} is "${text}"; it takes a whole number`);
  return value;
};

/** @throws Error naming the option, its value and what would be right */
export const readOptions = (args: readonly string[]) => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const { layout, prefix, set, heads, size, family, labels, device, decoder } = values;
  if (positionals.length > 1) throw new Error(`${positionals.length} files are given; it takes one`);
  if (family !== undefined && !Object.hasOwn(families, family))
    throw new Error(`--family is "${family}"; it takes one of ${Object.keys(families).join(", ")}`);
  if (device !== undefined && device !== "wasm" && device !== "webgpu")
    throw new Error(`--device is "${device}"; it takes wasm or webgpu`);
  return {
    help: values.help,
    file: positionals[0] === undefined ? undefined : whereAsked(positionals[0]),
    choice: {
      ...(layout !== undefined && { layout }),
      ...(prefix !== undefined && { prefix }),
      ...(set !== undefined && { set }),
    },
    heads: heads === undefined ? undefined : whole("heads", heads, 1),
    size: size === undefined ? undefined : whole("size", size, 1),
    family: family as keyof typeof families | undefined,
    labels: labels?.split(",").map((label) => whole("labels", label, 0)),
    guidance: number("guidance", values.guidance, 0),
    steps: whole("steps", values.steps, 1),
    seed: whole("seed", values.seed, 0),
    decoder: decoder === undefined ? undefined : whereAsked(decoder),
    out: values.out,
    device: device as "wasm" | "webgpu" | undefined,
  };
};

export type Options = ReturnType<typeof readOptions>;

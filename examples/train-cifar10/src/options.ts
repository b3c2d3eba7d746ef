import { parseArgs } from "node:util";
import { conditionings } from "@isoflop/flops";

/** What is asked for on the command line, with what ten minutes on two cores pay for in place of what is not. */
const options = {
  conditioning: { type: "string", default: "adaLNZero" },
  size: { type: "string", default: "16" },
  patch: { type: "string", default: "2" },
  width: { type: "string", default: "64" },
  depth: { type: "string", default: "4" },
  heads: { type: "string", default: "4" },
  steps: { type: "string", default: "4000" },
  batch: { type: "string", default: "32" },
  "learning-rate": { type: "string", default: "0.003" },
  guidance: { type: "string", default: "3" },
  "sampling-steps": { type: "string", default: "40" },
  seed: { type: "string", default: "0" },
  out: { type: "string", default: "runs/cifar10" },
  device: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

export const help = `Trains a class-conditional diffusion transformer on CIFAR-10 and draws a row of pictures for every class.

  --conditioning NAME   ${conditionings.join(", ")} (${options.conditioning.default})
  --size 16|32          pixels a side; 16 are means of 2 by 2 (${options.size.default})
  --patch N --width N --depth N --heads N
  --steps N --batch N --learning-rate X --seed N
  --guidance X          how much a class is exaggerated; 1 is not at all (${options.guidance.default})
  --sampling-steps N    of Heun's method (${options["sampling-steps"].default})
  --device NAME         wasm or webgpu; what is fastest here if unsaid
  --out FOLDER          checkpoints, from which the same command goes on, and samples.png (${options.out.default})`;

const number = (name: string, text: string): number => {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || value === Infinity)
    throw new Error(`--${name} is "${text}"; it takes a number of at least 0`);
  return value;
};

/** @throws Error naming the option, its value and what would be right */
export const readOptions = (args: readonly string[]) => {
  const { values } = parseArgs({ args: [...args], options });
  const asked = (name: Exclude<keyof typeof options, "conditioning" | "out" | "device" | "help">): number =>
    number(name, values[name]);
  const { conditioning, out, device } = values;
  const known = conditionings.find((name) => name === conditioning);
  if (!known) throw new Error(`--conditioning is "${conditioning}"; it takes one of ${conditionings.join(", ")}`);
  const size = asked("size");
  if (size !== 16 && size !== 32) throw new Error(`--size is ${size}; it takes 16 or 32`);
  if (device !== undefined && device !== "wasm" && device !== "webgpu")
    throw new Error(`--device is "${device}"; it takes wasm or webgpu`);
  return {
    help: values.help,
    conditioning: known,
    size: size as 16 | 32,
    model: { width: asked("width"), depth: asked("depth"), heads: asked("heads") },
    patch: asked("patch"),
    steps: asked("steps"),
    batch: asked("batch"),
    learningRate: asked("learning-rate"),
    guidance: asked("guidance"),
    samplingSteps: asked("sampling-steps"),
    seed: asked("seed"),
    out,
    device: device as "wasm" | "webgpu" | undefined,
  };
};

export type Options = ReturnType<typeof readOptions>;

import { parseArgs } from "node:util";

/** What five minutes on two cores pay for. */
const options = {
  steps: { type: "string", default: "2500" },
  width: { type: "string", default: "48" },
  depth: { type: "string", default: "3" },
  out: { type: "string", default: "runs/objectives" },
  help: { type: "boolean", default: false },
} as const;

/** Heads of the model. */
export const heads = 3;

export const help = `Trains one diffusion transformer under six objectives, measures all of them alike, and writes a page.

  --steps N      of training (${options.steps.default})
  --width N      a multiple of ${4 * heads} (${options.width.default})
  --depth N      (${options.depth.default})
  --out FOLDER   report.html (${options.out.default})`;

/** @throws Error naming the option, its value and what would be right */
export const readOptions = (args: readonly string[]) => {
  const { values } = parseArgs({ args: [...args], options });
  const whole = (name: "steps" | "width" | "depth", unit = 1): number => {
    const value = Number(values[name]);
    const right = unit === 1 ? "a whole number of at least 1" : `a multiple of ${unit}`;
    if (!(Number.isSafeInteger(value) && value >= 1 && value % unit === 0))
      throw new Error(`--${name} is "${values[name]}"; it takes ${right}`);
    return value;
  };
  const { help: asked, out } = values;
  return { help: asked, steps: whole("steps"), width: whole("width", 4 * heads), depth: whole("depth"), out };
};

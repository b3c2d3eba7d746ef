import { type Argument, type Input, type Program, Ref } from "./program.js";
import type { Trial } from "./trial.js";

const text = (argument: Argument): string => {
  if (argument instanceof Ref) return `v${argument.value}`;
  if (Array.isArray(argument)) return `[${argument.map(text).join(", ")}]`;
  if (typeof argument === "object" && argument !== null)
    return `{ ${Object.entries(argument)
      .map(([key, item]) => `${key}: ${text(item)}`)
      .join(", ")} }`;
  return typeof argument === "string" ? JSON.stringify(argument) : String(argument);
};

const arrays = { f32: "Float32Array", i32: "Int32Array", u32: "Uint32Array", bool: "Uint32Array" } as const;

const inputText = ({ shape, dtype, values }: Input): string =>
  `device.tensor(${arrays[dtype]}.of(${values.join(", ")}), [${shape.join(", ")}], "${dtype}")`;

/** The program as code that a person can run and cut down further. */
export const codeOf = ({ inputs, calls, outputs }: Program, { wanted, way, donate }: Trial): string => {
  const names = inputs.map((_, i) => `v${i}`).join(", ");
  const lines = calls.map(
    ({ name, args, part }, i) =>
      `  const v${inputs.length + i} = T.${name}(${args.map(text).join(", ")})${part === undefined ? "" : `[${part}]`};`,
  );
  return [
    'import * as T from "@isoflop/tensor";',
    `// ${wanted === "values" ? "values" : wanted === "gradient" ? "values and the gradient of their weighted sum" : "values, gradient, and the gradient of the gradient"}, ${way}${donate.length > 0 ? `, inputs ${donate.join(", ")} donated` : ""}`,
    `const f = (${names}) => {`,
    ...lines,
    `  return [${outputs.map((output) => `v${output}`).join(", ")}];`,
    "};",
    `const inputs = (device) => [\n${inputs.map((input) => `  ${inputText(input)},`).join("\n")}\n];`,
  ].join("\n");
};

import { Tensor } from "@isoflop/tensor";
import { DiffusionError, shown } from "./errors.js";

/** How a value reads in a message. */
export const told = (value: unknown): string => {
  if (typeof value === "string") return `"${value}"`;
  return typeof value === "function" ? `the function ${value.name} itself` : String(value);
};

/** @throws DiffusionError("option") naming an option that is not among `names`: a mistyped one must not be ignored */
export const checkOptions = (what: string, options: object, names: readonly string[]): void => {
  if (typeof options !== "object" || options === null)
    throw new DiffusionError(
      "option",
      `${what}: the options are ${told(options)}; they are a record of ${names.join(", ")}.`,
    );
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new DiffusionError("option", `${what}: there is no option "${unknown}"; it takes ${names.join(", ")}.`);
};

/** @throws DiffusionError("option") unless `value` is one of `choices` */
export const checkChoice = (what: string, value: string, choices: readonly string[]): void => {
  if (!choices.includes(value))
    throw new DiffusionError("option", `${what} is ${told(value)}; it is one of ${choices.join(", ")}.`);
};

/** @throws DiffusionError("option") unless `value` is a finite number */
export const checkFinite = (what: string, value: number): void => {
  if (!Number.isFinite(value))
    throw new DiffusionError("option", `${what} is ${told(value)}; it must be a finite number.`);
};

/** @throws DiffusionError("option") unless `value` is a finite number above 0 */
export const checkPositive = (what: string, value: number): void => {
  if (!(Number.isFinite(value) && value > 0))
    throw new DiffusionError("option", `${what} is ${told(value)}; it must be a finite number above 0.`);
};

/** @throws DiffusionError("option") unless `value` is a whole number of at least 1 */
export const checkCount = (what: string, value: number): void => {
  if (!(Number.isSafeInteger(value) && value >= 1))
    throw new DiffusionError("option", `${what} is ${told(value)}; it must be a whole number of at least 1.`);
};

/** @throws DiffusionError("option") unless `value` is a number in 0..1 */
export const checkUnit = (what: string, value: number): void => {
  if (!(typeof value === "number" && value >= 0 && value <= 1))
    throw new DiffusionError("option", `${what} is ${told(value)}; it must lie in 0..1.`);
};

/** @throws DiffusionError("shape") unless `value` is an f32 tensor, of the shape of `like` where one is given */
const checkTensor = (what: string, value: unknown, like?: Tensor): void => {
  const right = like ? `an f32 tensor of x's shape, ${shown(like.shape)}` : "an f32 tensor";
  if (!(value instanceof Tensor)) throw new DiffusionError("shape", `${what} ${told(value)}; it takes ${right}.`);
  if (value.dtype !== "f32" || (like && value.shape.join() !== like.shape.join()))
    throw new DiffusionError("shape", `${what} ${value.dtype} ${shown(value.shape)}; it takes ${right}.`);
};

/** @throws DiffusionError("shape") unless what a network gave for x is a prediction: f32 and of x's shape */
export const checkPrediction = (output: Tensor, x: Tensor): void => checkTensor("the model gives", output, x);

/** @throws DiffusionError("shape") unless an operand is an f32 tensor, of the shape of `like` where one is given */
export const checkOperand = (name: string, value: Tensor, like?: Tensor): void =>
  checkTensor(`${name} is`, value, like);

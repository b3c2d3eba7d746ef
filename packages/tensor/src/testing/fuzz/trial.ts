import { checkpoint } from "../../autodiff/checkpoint.js";
import { valueAndGrad } from "../../autodiff/grad.js";
import { refOf } from "../../compile/graph.js";
import type { Device } from "../../device/device.js";
import { arrayOf } from "../../dtype.js";
import { argument } from "../../graph/input.js";
import type { Tensor } from "../../graph/tensor.js";
import { cast, cos, iota, jit, mul, reshape, sum } from "../../index.js";
import { type Expected, expectedOf } from "./noise.js";
import { apply, type Program } from "./program.js";
import type { Choices } from "./random.js";

/** What is asked of a program, and how it is run. */
export interface Trial {
  readonly wanted: "values" | "gradient" | "second";
  readonly way: "eager" | "jit" | "checkpoint";
  /** Inputs whose memory the compiled program may take over. */
  readonly donate: readonly number[];
}

/** The first element that differs. */
export interface Difference {
  readonly result: string;
  readonly element: number;
  readonly expected: number;
  readonly actual: number;
  readonly tolerance: number;
}

/** Fixed weights without pattern, so that no element of a gradient stands for another. */
const weighted = (x: Tensor, stream: number): Tensor => {
  const weight = cos(mul(cast(iota([x.size], 0, "u32"), "f32"), 0.7 + 0.1 * stream));
  return sum(mul(x, reshape(weight, x.shape)));
};

const total = (parts: readonly Tensor[], stream: number): Tensor | undefined =>
  parts
    .filter(({ dtype }) => dtype === "f32")
    .map((part, i) => weighted(part, stream + i))
    .reduce<Tensor | undefined>((all, part) => (all ? all.add(part) : part), undefined);

interface Results {
  readonly names: readonly string[];
  readonly tensors: readonly Tensor[];
}

/** A program's values and, if wanted, the gradients of their weighted sum. */
export const resultsOf = (program: Program, { wanted, way }: Trial, inputs: readonly Tensor[]): Results => {
  const f = (given: readonly Tensor[]): Tensor[] => apply(program, given);
  const run = way === "checkpoint" ? checkpoint(f) : f;
  const values = program.outputs.map((output) => `v${output}`);
  const floats = inputs.flatMap(({ dtype }, i) => (dtype === "f32" ? [i] : []));
  const withFloats = (params: readonly Tensor[]): Tensor[] =>
    inputs.map((input, i) => (floats.includes(i) ? params[floats.indexOf(i)]! : input));
  const params = floats.map((i) => inputs[i]!);
  const outputs = run(inputs);
  if (wanted === "values" || floats.length === 0 || !total(outputs, 0)) return { names: values, tensors: outputs };
  const loss = (p: readonly Tensor[]): readonly [Tensor, Tensor[]] => {
    const results = run(withFloats(p));
    return [total(results, 0)!, results];
  };
  const gradientNames = floats.map((i) => `gradient by v${i}`);
  const first = valueAndGrad(loss)(params);
  if (wanted === "gradient")
    return { names: [...values, ...gradientNames], tensors: [...first.extra, ...first.gradient] };
  const slope = (p: readonly Tensor[]): Tensor => total(valueAndGrad(loss)(p).gradient, 5)!;
  const second = valueAndGrad(slope)(params).gradient;
  return {
    names: [...values, ...gradientNames, ...floats.map((i) => `second gradient by v${i}`)],
    tensors: [...first.extra, ...first.gradient, ...second],
  };
};

/** Right values and tolerances, from the float64 reference. */
export const expectations = (program: Program, trial: Trial, choices: Choices, samples: number): Expected[] => {
  const leaves = program.inputs.map(({ shape, dtype }) => argument({ shape, dtype }));
  const data = new Map(leaves.map((leaf, i) => [refOf(leaf), Float64Array.from(program.inputs[i]!.values)]));
  // A checkpoint changes no value: the reference is the plain program.
  return expectedOf(resultsOf(program, { ...trial, way: "jit" }, leaves).tensors, data, choices, samples);
};

const upload = (program: Program, device: Device): Tensor[] =>
  program.inputs.map(({ shape, dtype, values }) => device.tensor(arrayOf(dtype, values), shape, dtype));

/** Runs a program on a device: what its results are called, and their values. Compiled programs run twice and must not change. */
const execute = async (
  program: Program,
  trial: Trial,
  device: Device,
): Promise<{ readonly names: readonly string[]; readonly values: readonly ArrayLike<number>[] }> => {
  let names: readonly string[] = [];
  const f = (...given: Tensor[]): readonly Tensor[] => {
    const results = resultsOf(program, trial, given);
    names = results.names;
    return results.tensors;
  };
  const compiled = trial.way === "eager" ? undefined : jit(f, { device, donate: [...trial.donate] });
  const once = async (): Promise<ArrayLike<number>[]> => {
    const inputs = upload(program, device);
    const results = (compiled ?? f)(...inputs);
    device.evaluate(results);
    const values = await Promise.all(results.map(async (tensor) => (await tensor.data(device)).slice()));
    for (const tensor of [...inputs, ...results]) tensor.dispose();
    return values;
  };
  try {
    const values = await once();
    const again = compiled ? await once() : values;
    values.forEach((row, i) => {
      const at = Array.from(row).findIndex((v, j) => !Object.is(v, again[i]![j]));
      if (at >= 0)
        throw new Error(`${names[i]}[${at}] is ${row[at]} in the first run and ${again[i]![at]} in the second`);
    });
    return { names, values };
  } finally {
    compiled?.dispose();
  }
};

/** Where a device and the reference disagree, or undefined. */
export const compare = async (
  program: Program,
  trial: Trial,
  device: Device,
  expected: readonly Expected[],
): Promise<Difference | undefined> => {
  const { names, values } = await execute(program, trial, device);
  for (const [i, { values: wanted, tolerance }] of expected.entries()) {
    const row = values[i]!;
    for (let element = 0; element < wanted.length; element++) {
      const [right, actual, allowed] = [wanted[element]!, row[element]!, tolerance[element]!];
      if (allowed === Number.POSITIVE_INFINITY || Object.is(right, actual) || Math.abs(actual - right) <= allowed)
        continue;
      return { result: names[i]!, element, expected: right, actual, tolerance: allowed };
    }
  }
  return undefined;
};

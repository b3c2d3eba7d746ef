import { type Device, jit, openSafetensors, type SafetensorsFile, select, type Tensor, vjp } from "../src/index.js";
import { peakError } from "../src/testing/index.js";
import { parityCases } from "./parity-cases.js";

export interface ParityRow {
  readonly name: string;
  /** Largest error of the output and of any gradient, relative to the peak of each. */
  readonly error: number;
}

/** Runs every case of the PyTorch fixture, forward and backward, on a device. */
export const runParity = async (device: Device, bytes: Uint8Array): Promise<ParityRow[]> => {
  const fixture = await openSafetensors(bytes);
  const names = [...new Set(fixture.names.map((name) => name.split(".")[0]!))].sort();
  const rows: ParityRow[] = [];
  for (const name of names) rows.push({ name, error: await runCase(device, fixture, name) });
  return rows;
};

const runCase = async (device: Device, fixture: SafetensorsFile, name: string): Promise<number> => {
  const load = async (key: string): Promise<Tensor> =>
    device.tensor(await fixture.float32(key), fixture.describe(key).shape);
  const keys = fixture.names.filter((key) => key.startsWith(`${name}.input.`)).sort();
  const inputs = await Promise.all(keys.map(load));
  const cotangent = await load(`${name}.cotangent`);
  const indices = device.tensor(Int32Array.of(0, 2, 2, 5, 0));
  // The mask of `where` is not stored: the first operand's gradient is the cotangent where it was chosen and 0 elsewhere.
  const mask = device.tensor(
    Uint32Array.from(name === "where" ? await fixture.float32("where.grad.0") : [0], (v) => Number(v !== 0)),
    name === "where" ? inputs[0]!.shape : [1],
    "bool",
  );
  const f = (x: readonly Tensor[], index: Tensor, chosen: Tensor): Tensor => {
    if (name === "where") return select(chosen, x[0]!, x[1]!);
    const run = parityCases[name];
    if (!run) throw new Error(`the fixture has a case ${name} that parity-cases.ts does not know`);
    return run(x, index);
  };
  const run = jit((x: readonly Tensor[], index: Tensor, chosen: Tensor, g: Tensor) => {
    const { value, pullback } = vjp((...operands: readonly Tensor[]) => f(operands, index, chosen), ...x);
    return { value, gradients: pullback(g) };
  });
  const { value, gradients } = run(inputs, indices, mask, cotangent);
  const compare = async (key: string, tensor: Tensor): Promise<number> => {
    if (tensor.shape.join() !== fixture.describe(key).shape.join())
      throw new Error(`${key}: shape [${tensor.shape}] should be [${fixture.describe(key).shape}]`);
    return peakError(await tensor.data(), await fixture.float32(key));
  };
  let error = await compare(`${name}.output`, value);
  for (const [i, gradient] of gradients.entries())
    error = Math.max(error, await compare(`${name}.grad.${i}`, gradient));
  for (const tensor of [...inputs, cotangent, indices, mask, value, ...gradients]) tensor.dispose();
  run.dispose();
  return error;
};

/** A table of op against backend, for the test log. */
export const parityTable = (columns: Readonly<Record<string, readonly ParityRow[]>>): string => {
  const backends = Object.keys(columns);
  const names = columns[backends[0]!]!.map((row) => row.name);
  const lines = names.map((name) =>
    [
      name.padEnd(30),
      ...backends.map((b) =>
        columns[b]!.find((row) => row.name === name)!
          .error.toExponential(1)
          .padStart(12),
      ),
    ].join(""),
  );
  return [["operation".padEnd(30), ...backends.map((b) => b.padStart(12))].join(""), ...lines].join("\n");
};

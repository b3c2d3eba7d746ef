import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createDevice } from "../src/index.js";
import { type ParityRow, parityTable, runParity } from "./parity.js";

const fixture = new URL("./fixtures/ops.safetensors", import.meta.url);

interface Description {
  readonly tensors: Readonly<Record<string, { readonly torch_float32_error: { readonly max_rel_to_peak: number } }>>;
}

/** The largest error of PyTorch's own float32 in a case, relative to the peak. */
const torchErrors = async (): Promise<(name: string) => number> => {
  const text = await readFile(new URL("./fixtures/ops.json", import.meta.url), "utf8");
  const { tensors } = JSON.parse(text) as Description;
  return (name) =>
    Object.entries(tensors).reduce(
      (most, [key, { torch_float32_error: error }]) =>
        key.startsWith(`${name}.`) ? Math.max(most, error.max_rel_to_peak) : most,
      0,
    );
};

it("59 operations agree with PyTorch, forward and backward, on the reference and on wasm", async () => {
  const bytes = await readFile(fixture);
  const columns: Record<string, ParityRow[]> = {};
  for (const kind of ["reference", "wasm"] as const) {
    using device = await createDevice(kind);
    columns[kind] = await runParity(device, bytes);
  }
  console.log(`largest error relative to the peak, output and gradients\n${parityTable(columns)}`);
  expect(columns.reference).toHaveLength(59);
  for (const row of columns.reference!) expect(row.error, row.name).toBeLessThan(1e-6);
  const strays = await torchErrors();
  for (const row of columns.wasm!) expect(row.error, row.name).toBeLessThan(4 * strays(row.name) + 1e-6);
});

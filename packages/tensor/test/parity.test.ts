import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createDevice } from "../src/index.js";
import { type ParityRow, parityTable, runParity } from "./parity.js";

const fixture = new URL("./fixtures/ops.safetensors", import.meta.url);

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
  for (const row of columns.wasm!) expect(row.error, row.name).toBeLessThan(2e-6);
});

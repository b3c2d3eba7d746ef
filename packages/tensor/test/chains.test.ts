import { afterAll, describe, it } from "vitest";
import { createDevice } from "../src/index.js";
import { chains } from "./chains.js";

const devices = [await createDevice("wasm", { wasm: { threads: 2 } }), await createDevice("reference")] as const;
afterAll(() => {
  for (const device of devices) device.destroy();
});

describe.each(devices.map((device) => [device.description, device] as const))("a long chain on %s", (_, device) => {
  it.each(chains)("of %s", (_name, run) => run(device));
});

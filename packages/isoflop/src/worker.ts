import { dataOpener, serveRuns } from "@isoflop/sweep/node";
import { createDevice } from "@isoflop/tensor";
import { prepareModules } from "./modules/index.js";

// A thread that does runs on a WebAssembly device of its own, with the modules that their specs name.
await serveRuns({
  createDevice: ({ threads }) => createDevice("wasm", { wasm: { threads } }),
  openData: dataOpener(),
  prepare: prepareModules,
});

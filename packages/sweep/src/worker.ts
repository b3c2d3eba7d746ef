import { createDevice } from "@isoflop/tensor";
import { dataOpener } from "./node/open-data.js";
import { serveRuns } from "./node/serve.js";

// The thread that `workerRunners` starts: a WebAssembly device of its own, data by name.
await serveRuns({
  createDevice: ({ threads }) => createDevice("wasm", { wasm: { threads } }),
  openData: dataOpener(),
});

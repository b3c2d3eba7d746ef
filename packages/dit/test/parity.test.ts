import { createDevice } from "@isoflop/tensor";
import { describeParity } from "./parity.js";

describeParity("reference", () => createDevice("reference"));
describeParity("wasm", () => createDevice("wasm"));

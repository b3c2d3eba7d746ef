import { test } from "vitest";
import { expectDitSamples } from "./dit-samples.js";

test("the official DiT draws what its own code draws", () => expectDitSamples("wasm"));

import { test } from "vitest";
import { expectDitSamples } from "../dit-samples.js";

test("the official DiT draws on WebGPU what its own code draws", () => expectDitSamples("webgpu"));

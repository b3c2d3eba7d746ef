import { createDevice } from "@isoflop/tensor";
import { describe } from "vitest";
import { describeEmbeddings } from "../embeddings.js";
import { describeParity } from "../parity.js";

const found = await createDevice("webgpu").catch((error: unknown) => error as Error);

if (found instanceof Error) {
  const message = `NO WEBGPU ADAPTER: parity on WebGPU is skipped. ${found.message}`;
  if (process.env.CI === "true") throw new Error(message);
  console.warn(message);
}

describe.skipIf(found instanceof Error)("WebGPU in Node", () => {
  if (found instanceof Error) return;
  describeEmbeddings("webgpu", Promise.resolve(found));
  describeParity("webgpu", () => Promise.resolve(found));
});

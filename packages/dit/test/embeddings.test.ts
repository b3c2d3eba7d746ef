import { createDevice } from "@isoflop/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { patchify, unpatchify } from "../src/index.js";
import { describeEmbeddings } from "./embeddings.js";

describeEmbeddings("reference", createDevice("reference"));
describeEmbeddings("wasm", createDevice("wasm"));

test("patches hold every pixel once, whatever the shape", async () => {
  const device = await createDevice("reference");
  const size = fc.integer({ min: 1, max: 3 });
  await fc.assert(
    fc.asyncProperty(size, size, size, size, size, async (n, c, rows, columns, patch) => {
      const count = n * c * rows * columns * patch * patch;
      const image = device.tensor(
        Float32Array.from({ length: count }, (_, i) => i),
        [n, c, rows * patch, columns * patch],
      );
      const tokens = patchify(image, patch);
      expect(tokens.shape).toEqual([n, rows * columns, c * patch * patch]);
      // To unpatchify's order and back.
      const reordered = tokens
        .reshape([n, rows * columns, c, patch * patch])
        .permute([0, 1, 3, 2])
        .reshape([n, rows * columns, c * patch * patch]);
      expect(await unpatchify(reordered, rows, columns, patch).data()).toEqual(await image.data());
    }),
    { numRuns: 20 },
  );
});

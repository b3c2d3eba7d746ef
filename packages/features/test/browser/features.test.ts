import { createDevice } from "@isoflop/tensor";
import { launchChromium, serve } from "@isoflop/webgpu-env";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emojiEncoder, mobilenetV2 } from "../../src/index.js";
import { pictures } from "../picture-data.js";

let browser: Awaited<ReturnType<typeof launchChromium>>;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  server = await serve({
    // Beside the page's folder, as they lie beside the package's modules.
    "/test/weights/": new URL("../../weights/", import.meta.url),
    "/test/": new URL("../", import.meta.url),
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

it.each([
  { extractor: emojiEncoder, kind: "wasm" },
  { extractor: emojiEncoder, kind: "webgpu" },
  { extractor: mobilenetV2, kind: "wasm" },
] as const)(
  "$extractor.name in Chromium on $kind has the features that it has in Node",
  async ({ extractor, kind }) => {
    const page = await browser.newPage();
    await page.goto(server.url);
    const found = (await page.evaluate(
      `import("/test/browser/page.ts").then((m) => m.run("${extractor.name}", "${kind}"))`,
    )) as readonly number[];
    using device = await createDevice("wasm");
    const right = await (await extractor.build({}).load(device)).features(pictures());
    const largest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(found).toHaveLength(right.length);
    for (const [i, value] of right.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5 * largest);
  },
);

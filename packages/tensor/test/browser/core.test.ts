import { launchChromium, serve } from "@isoflop/webgpu-env";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coreOps, createDevice, random } from "../../src/index.js";
import { curveDifference, lossCurve, mlp, transformerBlock } from "../curves.js";
import { parityTable } from "../parity.js";
import type { BrowserResult } from "./page.js";

type Browser = Awaited<ReturnType<typeof launchChromium>>;
type Server = Awaited<ReturnType<typeof serve>>;

describe.each(["webgpu", "wasm"] as const)("the tensor core in Chromium on %s", (kind) => {
  let browser: Browser;
  let server: Server;
  let result: BrowserResult;

  beforeAll(async () => {
    server = await serve({ "/test/": new URL("../", import.meta.url) });
    browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(server.url);
    result = (await page.evaluate(
      `import("/test/browser/page.ts").then((m) => m.run("${kind}", "/test/fixtures/ops.safetensors"))`,
    )) as BrowserResult;
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("every op agrees with float64, forward and backward", () => {
    console.log(result.description);
    expect(result.agreement.map(([name]) => name)).toEqual(coreOps.map(({ name }) => name));
    for (const [name, error] of result.agreement) expect(error, name).toBeLessThan(3e-6);
  });

  it("59 operations agree with PyTorch, forward and backward", () => {
    console.log(
      `largest error relative to the peak, output and gradients\n${parityTable({ [`${kind} in Chromium`]: result.parity })}`,
    );
    expect(result.parity).toHaveLength(59);
    for (const { name, error } of result.parity) expect(error, name).toBeLessThan(3e-6);
  });

  it("draws the same bits and trains the same curves as wasm in Node", async () => {
    using wasm = await createDevice("wasm");
    expect(result.bits).toEqual([...(await wasm.read(random.randomBits(random.key(1), [64])))]);
    for (const [i, problem] of [mlp, transformerBlock].entries())
      expect(curveDifference(result.curves[i]!, await lossCurve(wasm, problem))).toBeLessThan(1e-4);
  });
});

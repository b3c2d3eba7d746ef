import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LoopbackServer, launchChromium, serve } from "../../src/index.js";

let browser: Browser;
let server: LoopbackServer;
let page: Page;

beforeAll(async () => {
  server = await serve({ "/test/": new URL("../", import.meta.url) });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(server.url);
}, 120_000);

afterAll(async () => {
  await browser.close();
  await server.close();
});

it("doubles an array on SwiftShader in a Chromium page", async () => {
  const result = await page.evaluate(`import("/test/double.ts").then((m) => m.double(navigator.gpu, [1, 2.5, -3, 0]))`);
  expect(result).toMatchObject({ adapter: expect.stringMatching(/swiftshader/i), values: [2, 5, -6, 0] });
});

it("opens pages that may share memory between threads", async () => {
  expect(await page.evaluate("crossOriginIsolated && new SharedArrayBuffer(8).byteLength")).toBe(8);
});

it("draws text: a face is found, and a list box does not end the browser", async () => {
  const inked = await page.evaluate(`(() => {
    document.body.innerHTML = "<select><option>one</option></select>";
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.font = "40px sans-serif";
    context.fillText("Isoflop", 10, 60);
    return context.getImageData(0, 0, canvas.width, canvas.height).data.filter((v) => v > 0).length;
  })()`);
  await page.screenshot();
  expect(inked).toBeGreaterThan(500);
});

import { launchChromium, serve } from "@isoflop/webgpu-env";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

type Browser = Awaited<ReturnType<typeof launchChromium>>;
type Page = Awaited<ReturnType<Browser["newPage"]>>;

/** Milliseconds. A GPU in software on a busy machine does a step or two per second. */
const PATIENCE = 240_000;

let browser: Browser;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  server = await serve({ "/page/": new URL("../../dist/", import.meta.url) });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const open = async (steps: number): Promise<{ page: Page; errors: string[] }> => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${server.url}page/index.html?steps=${steps}`);
  return { page, errors };
};

const text = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).textContent()) ?? "";

const choose = (page: Page, device: string): Promise<void> =>
  page.locator(`input[value="${device}"]`).check({ force: true });

/** Until the status line, where failures are told as well, says what is expected. */
const untilStatus = async (page: Page, pattern: RegExp): Promise<void> => {
  await page.waitForFunction(
    `${pattern}.test(document.querySelector("#status").textContent) || document.querySelector("#status[data-failed]")`,
    undefined,
    { timeout: PATIENCE },
  );
  expect(await text(page, "#status")).toMatch(pattern);
};

/** Number of different colours in each canvas of the samples. */
const coloursOfSamples = (page: Page): Promise<number[]> =>
  page.evaluate(`[...document.querySelectorAll("#samples canvas")].map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })`);

describe.each([
  { kind: "webgpu", steps: 24, atMost: 0.3, says: /webgpu.*\(asked for\)/i },
  { kind: "wasm", steps: 300, atMost: 0.15, says: /wasm.*threads.*\(asked for\)/i },
])("the page on $kind", ({ kind, steps, atMost, says }) => {
  it(
    `trains ${steps} steps; the loss falls and samples are drawn`,
    async () => {
      const { page, errors } = await open(steps);
      await page.locator("#examples canvas").nth(7).waitFor();
      await choose(page, kind);
      await page.locator("#toggle").click();
      await untilStatus(page, /^Training|^Done/);
      expect(await text(page, "#picked")).toMatch(says);
      await page.waitForFunction(`+document.querySelector("#loss").textContent > 0`);
      const first = Number(await text(page, "#loss"));
      await untilStatus(page, /^Done/);
      expect(await text(page, "#step")).toBe(`${steps} / ${steps}`);
      expect(Number(await text(page, "#speed"))).toBeGreaterThan(0);
      const held = Number(/never seen is ([\d.]+)/.exec(await text(page, "#status"))![1]);
      // A model that predicts 0, as an untrained one does, has a loss of about 0.8 here.
      expect(held).toBeLessThan(atMost);
      console.log(`${kind}: ${first} at the first report, ${held} held out, ${await text(page, "#speed")} steps/s`);
      expect(await text(page, "#drawn-at")).toBe(`after ${steps} steps`);
      const colours = await coloursOfSamples(page);
      expect(colours).toHaveLength(12);
      for (const count of colours) expect(count).toBeGreaterThan(50);
      expect(errors).toEqual([]);
      await page.close();
    },
    1.5 * PATIENCE,
  );
});

it("pauses, stays responsive, and goes on where it was", async () => {
  const { page, errors } = await open(100_000);
  await choose(page, "wasm");
  await page.locator("#toggle").click();
  await page.waitForFunction(`parseInt(document.querySelector("#step").textContent) > 20`);
  await page.locator("#toggle").click();
  await untilStatus(page, /^Paused/);
  const at = Number.parseInt(await text(page, "#step"), 10);
  expect(await text(page, "#drawn-at")).toBe(`after ${at} steps`);
  await page.locator("#toggle").click();
  await page.waitForFunction(`parseInt(document.querySelector("#step").textContent) > ${at}`);
  expect(await text(page, "#toggle")).toBe("Pause");
  expect(errors).toEqual([]);
  await page.close();
});

it("says what failed, and goes on from there on another device", async () => {
  const page = await browser.newPage();
  // Every worker of this page finds a GPU object that has no adapter.
  await page.route("**/worker-*.js", async (route) => {
    const response = await route.fetch();
    const body = `Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => null } });${await response.text()}`;
    await route.fulfill({ response, body });
  });
  await page.goto(`${server.url}page/index.html?steps=30`);
  await choose(page, "webgpu");
  await page.locator("#toggle").click();
  await page.locator("#status[data-failed]").waitFor({ state: "attached" });
  expect(await text(page, "#status")).toMatch(/adapter/);
  await choose(page, "auto");
  await page.locator("#toggle").click();
  await untilStatus(page, /^Training|^Done/);
  await untilStatus(page, /^Done/);
  await page.close();
});

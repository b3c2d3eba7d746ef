import { launchChromium, serve } from "@isoflop/webgpu-env";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { picture } from "../pictures/files.js";
import type { open } from "./page.js";

let browser: Awaited<ReturnType<typeof launchChromium>>;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  server = await serve({ "/test/": new URL("./", import.meta.url) });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What the page gives of an image, as a browser decodes it. */
const shown = async (image: Uint8Array): Promise<Awaited<ReturnType<typeof open>>> => {
  const files = { "it.png": [...image], "held.png": [...(await picture(9, 16))] };
  const page = await browser.newPage();
  await page.goto(server.url);
  const answer = page.evaluate(`import("/test/page.ts").then(({ open }) => open(${JSON.stringify(files)}))`);
  try {
    return (await answer) as Awaited<ReturnType<typeof open>>;
  } finally {
    await page.close();
  }
};

describe("pictures in a real page", () => {
  it("have the pixels of the file", async () => {
    const image = await picture(5, 16);
    const raw = await sharp(image).raw().toBuffer();
    const { levels, renderer } = await shown(image);
    expect(levels).toEqual(
      [0, 1, 2].flatMap((channel) => Array.from({ length: 256 }, (_, i) => raw[3 * i + channel]!)),
    );
    expect(renderer).toBe("createImageBitmap");
  });

  it("are turned as EXIF says, and lie on the background", async () => {
    const halves = Uint8Array.from({ length: 64 * 32 * 3 }, (_, i) =>
      i % 3 === (Math.floor(i / 3) % 64 < 32 ? 0 : 2) ? 255 : 0,
    );
    const turned = await sharp(halves, { raw: { width: 64, height: 32, channels: 3 } })
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { levels } = await shown(turned);
    for (const x of [1, 14]) {
      expect(levels[16 + x]).toBeGreaterThan(240);
      expect(levels[512 + 14 * 16 + x]).toBeGreaterThan(240);
    }
    const clear = { r: 255, g: 0, b: 0, alpha: 0.5 };
    const half = await sharp({ create: { width: 16, height: 16, channels: 4, background: clear } })
      .png()
      .toBuffer();
    const lying = (await shown(half)).levels;
    for (const [at, level] of [255, 127, 127].entries())
      expect(Math.abs(lying[at * 256]! - level)).toBeLessThanOrEqual(1);
  });

  it("are refused where the browser cannot decode them", async () => {
    await expect(shown(Buffer.from("no image"))).rejects.toThrow("it.png: it cannot be read (");
  });
});

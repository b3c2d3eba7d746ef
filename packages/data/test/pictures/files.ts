import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { packTar } from "modern-tar";
import sharp from "sharp";
import { onTestFinished } from "vitest";

/** A folder that is gone after the test. */
export const temporary = (): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "isoflop-pictures-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Writes files into a folder, and makes the folders that they need. */
export const put = (folder: string, files: Readonly<Record<string, string | Uint8Array>>): string => {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
};

/** A picture that differs from all others: noise around a colour of its own. */
export const picture = (seed: number, side = 24, format: "png" | "jpeg" | "webp" = "png"): Promise<Buffer> => {
  let state = seed + 1;
  const next = () => {
    state = (state * 48271) % 0x7fffffff;
    return state & 31;
  };
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => ((seed * 37 + (i % 3) * 80) % 200) + next());
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .toFormat(format)
    .toBuffer();
};

/** A picture of one colour. */
export const plain = (colour: string, width = 24, height = width): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: colour } })
    .png()
    .toBuffer();

/** Pictures with captions beside them: `0.png`, `0.txt`, … */
export const captioned = async (count: number, side = 24): Promise<Record<string, string | Uint8Array>> =>
  Object.fromEntries(
    (
      await Promise.all(
        Array.from({ length: count }, async (_, i) => [
          [`${i}.png`, await picture(i, side)],
          [`${i}.txt`, `Picture number ${i}, a red one.\n`],
        ]),
      )
    ).flat(),
  );

/** A tar archive of these files. */
export const tar = (files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> =>
  packTar(
    Object.entries(files).map(([name, content]) => {
      const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
      return { header: { name, size: body.length }, body };
    }),
  );

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Writable, writeSafetensors } from "@isoflop/tensor/safetensors";
import { onTestFinished } from "vitest";

/** A folder that is gone after the test. */
export const temporary = (): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "isoflop-latents-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A tensor to be written. */
export const tensor = (
  shape: readonly number[],
  data: ArrayLike<number>,
  format: Writable["format"] = "F32",
): Writable => ({
  shape,
  data,
  format,
});

/** Writes a safetensors file, and gives its path. */
export const write = (folder: string, name: string, tensors: Readonly<Record<string, Writable>>): string => {
  const file = path.join(folder, name);
  writeFileSync(file, writeSafetensors(tensors));
  return file;
};

/** A number for each latent and place that no other has, near mean 0 and deviation 1, that 16 bits hold. */
export const numberAt = (latent: number, at: number): number => ((latent * 37 + at * 11) % 97) / 32 - 1.5 + latent / 64;

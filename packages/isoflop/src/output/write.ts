import { rename, writeFile } from "node:fs/promises";
import { CliError, exitCodes } from "../exit.js";

/** Writes a file whole or not at all. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const next = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(next, content);
    await rename(next, path);
  } catch (error) {
    throw new CliError(exitCodes.failed, `cannot write ${path}: ${(error as Error).message}`);
  }
}

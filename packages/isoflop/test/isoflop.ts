import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** The built program. */
export const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
if (!existsSync(bin)) throw new Error("dist/bin.js is missing; build the package first");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program in a process of its own. */
export const isoflop = (args: readonly string[], stdin = "", env: NodeJS.ProcessEnv = {}): Finished => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    input: stdin,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { code: status, stdout, stderr };
};

/** Any JSON value, read by path. */
export interface Json {
  readonly [key: string]: Json;
  readonly [index: number]: Json;
}

/** The document of a run that must end with `code`; all of standard output must be that document. */
export const json = (args: readonly string[], { code = 0, stdin = "" } = {}): Json => {
  const finished = isoflop([...args, "--json"], stdin);
  if (finished.code !== code) throw new Error(`status ${finished.code}, expected ${code}: ${finished.stderr}`);
  return JSON.parse(finished.stdout) as Json;
};

export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.csv`, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "isoflop-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A path in a folder that is removed afterwards. */
export const scratch = (name: string): string => join(folder, name);

/** Writes a file there. */
export const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(scratch(name), content);
  return scratch(name);
};

export const llama = [
  "-i",
  fixture("llama3_isoflops"),
  "--columns",
  "C=compute_budget,D=training_tokens,loss=validation_loss",
];
export const epoch = [
  "-i",
  fixture("chinchilla_epoch_svg"),
  "--columns",
  "C=Training FLOP,N=Model Size",
  "--drop-highest-loss",
  "5",
];

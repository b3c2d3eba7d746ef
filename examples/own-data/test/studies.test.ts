import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifest } from "isoflop/study";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";

const here = join(import.meta.dirname, "..");
const readme = readFileSync(join(here, "README.md"), "utf8");
const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)]
  .flatMap(([, block]) => block!.trim().split("\n"))
  .filter((command) => !command.startsWith("npm install"));

/** The example, where a user has it: in a folder of its own, with packages beside it, and nothing made yet. */
const scratch = mkdtempSync(join(tmpdir(), "isoflop-own-data-"));
let folder = join(scratch, "project");
const files = readdirSync(here).filter((name) => /\.(mjs|yaml)$|^my-density\.ts$|^package\.json$/.test(name));
for (const name of files) cpSync(join(here, name), join(folder, name), { recursive: true });
symlinkSync(join(here, "node_modules"), join(folder, "node_modules"), "junction");
afterAll(() => rmSync(scratch, { recursive: true }));

const sh = (command: string): string =>
  execFileSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    stdio: "pipe",
    env: { ...process.env, XDG_CACHE_HOME: join(scratch, "cache") },
  });

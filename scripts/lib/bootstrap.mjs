import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "./process.mjs";
import { readManifest, root } from "./workspace.mjs";

/** A home that npm and pnpm can write to: some service users have none. */
function useWritableHome() {
  try {
    accessSync(homedir(), constants.W_OK);
  } catch {
    const home = join(root, ".cache", "home");
    mkdirSync(home, { recursive: true });
    process.env.HOME = home;
    // `npm test` has handed down a cache in the home that cannot be written.
    process.env.npm_config_cache = join(home, ".npm");
  }
}

/**
 * Puts the pnpm that package.json pins on PATH, for this process and its children. It comes from npx, which every npm
 * has; turbo looks for the binary on PATH. Corepack is not asked.
 * @returns {Promise<import("./process.mjs").Outcome>}
 */
export async function providePnpm() {
  useWritableHome();
  const pin = readManifest(join(root, "package.json")).packageManager;
  const printPath = `"${process.execPath}" -p "'PATH='+process.env.PATH"`;
  const outcome = await run("npx", ["--yes", `--package=${pin}`, "--call", printPath]);
  const path = /^PATH=(.*)$/m.exec(outcome.output)?.[1];
  if (!outcome.ok || !path) return { ok: false, output: `npx could not get ${pin}:\n${outcome.output}` };
  process.env.PATH = [join(root, "node_modules", ".bin"), path].join(delimiter);
  return { ok: true, output: "" };
}

/** Installs exactly what the lockfile says. */
export const install = () => run("pnpm", ["install", "--frozen-lockfile", "--reporter=append-only"]);

import { spawn } from "node:child_process";
import { root } from "./workspace.mjs";

/** @typedef {import("./process.mjs").Outcome} Outcome */

/**
 * Does one thing on the way, with its name and how long it took; ends the program with what was said where it fails.
 * @param {string} what
 * @param {() => Promise<Outcome>} work
 */
export async function step(what, work) {
  process.stdout.write(`${what} ... `);
  const start = performance.now();
  const { ok, output } = await work();
  console.log(ok ? `${((performance.now() - start) / 1000).toFixed(1)} s` : "failed");
  if (!ok) fail(output);
}

/** @param {string} message @returns {never} */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

/**
 * Runs a program in the place of this one: it has the terminal, and its status is ours.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function handOver(command, args) {
  // On Windows pnpm is a script; a program's own path may have blanks in it.
  const shell = process.platform === "win32" && command !== process.execPath;
  const child = spawn(command, args, { cwd: root, stdio: "inherit", shell });
  // Ctrl-C reaches the child too, which saves its work before it ends.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("close", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}

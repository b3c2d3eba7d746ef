import { spawn } from "node:child_process";
import { root } from "./workspace.mjs";

/** @typedef {{ ok: boolean, output: string }} Outcome */

/**
 * Runs a command in the workspace and keeps what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, live?: boolean, cwd?: string }} [options] `live`: also print the output as it comes. `cwd`: another folder.
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { env = process.env, live = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const colour = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...colour },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output += chunk;
      if (live) process.stdout.write(chunk);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ ok: false, output: `${command}: ${error.message}` }));
    child.on("close", (code, signal) => {
      if (signal) output += `\n${command} was ended by ${signal}`;
      resolve({ ok: code === 0, output });
    });
  });
}

/**
 * Runs Node on a file of the workspace.
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, live?: boolean, cwd?: string }} [options]
 */
export const runNode = (args, options) => run(process.execPath, args, options);

import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isSweepError } from "../src/errors.js";
import { Locker } from "../src/node/lock.js";
import { thisProcess } from "../src/node/process.js";

// A process that locks a folder, as itself or as one of another namespace, and says what happens.

const [folder, act, identity, timing] = process.argv.slice(2) as [string, string, string, string];
const locker = new Locker({ ...thisProcess(), ...JSON.parse(identity) }, JSON.parse(timing));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const file = path.join(folder, "file");

const taken = async () => {
  for (;;)
    try {
      return await locker.lock(folder);
    } catch (error) {
      if (!isSweepError(error, "busy")) throw error;
      await sleep(Math.random() * 10);
    }
};

const acts: Readonly<Record<string, () => Promise<void>>> = {
  /** Tries once, and keeps what it gets. */
  async try() {
    try {
      await locker.lock(folder, { wait: false });
      say("held");
      setInterval(() => {}, 1000);
    } catch (error) {
      say(isSweepError(error, "busy") ? "busy" : String(error));
    }
  },
  /** Has another process of its own namespace try too. */
  async pair() {
    await taken();
    spawn(process.execPath, [process.argv[1]!, folder, "try", identity, timing], { stdio: "inherit" });
  },
  /** Writes for as long as it may. */
  async write() {
    const lock = await taken();
    say("held");
    for (let i = 0; ; i++)
      try {
        await lock.write(file, [`${process.pid} `, `${i}`]);
        say("wrote");
        await sleep(2);
      } catch (error) {
        say(`${(error as { code?: string }).code}: ${(error as Error).message}`);
        await lock.release();
        return;
      }
  },
  /** Takes the folder again and again, and looks whether it is alone there. */
  async rounds() {
    for (let i = 0; i < 8; i++) {
      const lock = await taken();
      const before = await readFile(file, "utf8").catch(() => "");
      if (before !== "") say(`two: ${before}`);
      await writeFile(file, String(process.pid));
      await sleep(Math.random() * 4);
      await rm(file);
      await lock.release();
    }
    say("done");
  },
};

await acts[act]!();

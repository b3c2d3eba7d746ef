import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import xterm from "@xterm/headless";
import { bin } from "./isoflop.js";

/** What a terminal shows in the end of what was written to it. */
export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly columns: number;
  readonly rows: number;

  constructor({ columns = 80, rows = 24 } = {}) {
    [this.columns, this.rows] = [columns, rows];
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  }

  write(text: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  /** All lines down to the last that has something, what was scrolled away too. */
  async lines(): Promise<string[]> {
    await this.write("");
    const { active } = this.#terminal.buffer;
    const all = Array.from({ length: active.length }, (_, i) => active.getLine(i)!.translateToString(true));
    while (all.at(-1) === "") all.pop();
    return all;
  }

  /** A terminal as a program sees one. What is written to it as lines has them end as a terminal's driver does. */
  stream(): NodeJS.WriteStream {
    const write = (text: string): boolean => {
      void this.write(text.replaceAll("\n", "\r\n"));
      return true;
    };
    return { isTTY: true, columns: this.columns, rows: this.rows, write } as unknown as NodeJS.WriteStream;
  }
}

/** A stream that is no terminal, and what came of it. */
export const pipe = () => {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
  return { stream, written };
};

/** util-linux has it, macOS has one of other options. */
export const hasTerminals = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

/** The built program in a terminal of its own, in which keys can be pressed. */
export class InTerminal {
  readonly screen: Screen;
  readonly #child: ChildProcess;
  written = "";

  constructor(args: readonly string[], { columns = 80, rows = 24, env = {} as NodeJS.ProcessEnv } = {}) {
    this.screen = new Screen({ columns, rows });
    const program = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(" ");
    const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...inherited } = process.env;
    this.#child = spawn("script", ["-qefc", `stty cols ${columns} rows ${rows}; exec ${program}`, "/dev/null"], {
      env: { ...inherited, TERM: "xterm-256color", ...env },
    });
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
      void this.screen.write(text);
    });
  }

  press(key: string): void {
    this.#child.stdin!.write(key);
  }

  async until(what: RegExp): Promise<void> {
    while (!what.test(this.written)) {
      if (this.#child.exitCode !== null) throw new Error(`ended before it wrote ${what}: ${this.written}`);
      await sleep(10);
    }
  }

  /** Its status once it has ended. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }
}

export const CTRL_C = "\u0003";

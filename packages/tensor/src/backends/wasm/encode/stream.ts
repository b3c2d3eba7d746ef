import type { View } from "../../../compile/kernel.js";
import { BYTES_PER_ELEMENT, bitsOf } from "../../../dtype.js";
import type { Functions } from "../functions/functions.js";
import { type Command, Head } from "../opcodes.js";

/** Slot of the executable's own workspace, where kernels of several commands keep what passes between them. */
export const WORKSPACE = -1;

/** The word at index `word` is the address of `slot` plus `byteOffset`. */
export interface Relocation {
  readonly word: number;
  readonly slot: number;
  readonly byteOffset: number;
}

/** Commands as words, with the places where addresses go. */
export class CommandStream {
  readonly words: number[] = [];
  readonly relocations: Relocation[] = [];
  /** Working memory each thread needs, in bytes. */
  scratchBytes = 0;
  /** Memory shared by the commands of one kernel, in bytes. */
  workspaceBytes = 0;
  commands = 0;
  #start = 0;

  /** @param functions where runs of arithmetic can be functions of their own */
  constructor(readonly functions?: Functions) {}

  /** Starts a command of `tasks` independent pieces. */
  begin(command: Command, tasks: number): void {
    this.#start = this.words.length;
    this.words.push(command, 0, tasks);
    this.commands++;
  }

  end(): void {
    this.words[this.#start + Head.Bytes / 4] = (this.words.length - this.#start) * 4;
  }

  /** Appends integers; negative ones as their two's complement. */
  push(...values: readonly number[]): void {
    for (const value of values) this.words.push(value >>> 0);
  }

  pushFloat(value: number): void {
    this.words.push(bitsOf(value));
  }

  /** Appends where views begin. */
  pushAddress(...views: readonly Pick<View, "slot" | "offset">[]): void {
    for (const { slot, offset } of views) {
      this.relocations.push({ word: this.words.length, slot, byteOffset: offset * BYTES_PER_ELEMENT });
      this.words.push(0);
    }
  }

  needScratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }

  needWorkspace(bytes: number): void {
    this.workspaceBytes = Math.max(this.workspaceBytes, bytes);
  }
}

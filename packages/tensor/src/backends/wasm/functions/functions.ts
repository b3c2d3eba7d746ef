/** Functions that were made for this backend's programs, in the table from which its kernels call them. */
export interface Functions {
  /** Where in the table the function of a module is; equal modules have one. Undefined where the engine takes no more of them. */
  indexOf(module: Uint8Array<ArrayBuffer>): number | undefined;
}

/** More than a process ever makes; beyond it programs are walked by the tile machine. */
const MOST = 4096;

/**
 * @param memory of one thread: others have tables of their own
 * @param table from which the kernels call; it grows
 */
export const functionsIn = (memory: WebAssembly.Memory, table: WebAssembly.Table): Functions => {
  const known = new Map<string, number>();
  // A letter for every byte.
  const letters = new TextDecoder("latin1");
  let refused = false;
  return {
    indexOf(module) {
      const key = letters.decode(module);
      const found = known.get(key);
      if (found !== undefined) return found;
      if (refused || known.size >= MOST) return undefined;
      try {
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } });
        const index = table.grow(1, exports.f);
        known.set(key, index);
        return index;
      } catch {
        // A page may not be allowed to compile while it waits; the tile machine does the same, more slowly.
        refused = true;
        return undefined;
      }
    },
  };
};

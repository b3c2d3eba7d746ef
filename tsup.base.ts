import { defineConfig, type Options } from "tsup";

/** One bundling rule for every package: ESM only, ES2022, source maps, into an emptied folder; declarations come from `tsc`, after. */
export const library = (options: Options = {}) =>
  defineConfig({
    entry: ["src/index.ts"],
    format: "esm",
    target: "es2022",
    sourcemap: true,
    dts: false,
    clean: true,
    ...options,
  });

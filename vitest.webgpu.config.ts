import { configDefaults, defineConfig } from "vitest/config";
import { setupFile } from "./vitest.base.js";

const needing = (what: "webgpu" | "browser") => ({
  test: {
    name: what,
    include: [`packages/*/test/${what}/**/*.test.ts`, `examples/*/test/${what}/**/*.test.ts`],
    exclude: configDefaults.exclude,
    setupFiles: [setupFile],
    // Forks inherit the environment that finds the driver, and a driver that crashes takes one file with it.
    pool: "forks" as const,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

/** Tests that need an adapter. `scripts/test-webgpu.mjs` starts this with a software driver as the only one. */
export default defineConfig({
  test: {
    // Software drivers already use every core.
    fileParallelism: false,
    projects: [needing("webgpu"), needing("browser")],
  },
});

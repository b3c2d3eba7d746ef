import { configDefaults, defineConfig } from "vitest/config";
import { setupFile } from "./vitest.base.js";

const needing = (what: "webgpu" | "browser") => ({
  test: {
    name: what,
    include: [`packages/*/test/${what}/**/*.test.ts`, `examples/*/test/${what}/**/*.test.ts`],
    exclude: configDefaults.exclude,
    setupFiles: [setupFile],
    // Forks inherit the loader path that finds SwiftShader, and a driver that crashes takes one file with it.
    pool: "forks" as const,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

/** Tests that need an adapter. `scripts/test-webgpu.mjs` starts this with SwiftShader as the only Vulkan driver. */
export default defineConfig({
  test: {
    // SwiftShader already uses every core.
    fileParallelism: false,
    projects: [needing("webgpu"), needing("browser")],
  },
});

import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

export const setupFile = fileURLToPath(new URL("./vitest.setup.ts", import.meta.url));

/** Tests of one package that need neither a WebGPU adapter nor a browser; those run from `vitest.webgpu.config.ts`. */
export const unitTests = (name: string) =>
  defineConfig({
    test: {
      name,
      include: ["test/**/*.test.ts"],
      setupFiles: [setupFile],
      // A test says what must be true, not how fast: two busy cores are the normal case.
      testTimeout: 60_000,
      exclude: [...configDefaults.exclude, "test/webgpu/**", "test/browser/**"],
    },
  });

import { defineConfig } from "vitest/config";

// Simulations of hundreds of studies take seconds where cores are shared.
export default defineConfig({
  test: { name: "scaling", include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "examples/*", "scripts"],
    // Vitest leaves a core to itself, and of two cores one; most tests wait for processes that they start.
    maxWorkers: "100%",
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "isoflop", include: ["test/**/*.test.ts"] } });

import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "plot", include: ["test/**/*.test.ts"] } });

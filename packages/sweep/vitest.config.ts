import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "sweep", include: ["test/**/*.test.ts"] } });

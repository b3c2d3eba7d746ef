import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "dit", include: ["test/**/*.test.ts"] } });

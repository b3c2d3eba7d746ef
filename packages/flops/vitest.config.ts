import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "flops", include: ["test/**/*.test.ts"] } });

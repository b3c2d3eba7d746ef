import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "scaling", include: ["test/**/*.test.ts"] } });

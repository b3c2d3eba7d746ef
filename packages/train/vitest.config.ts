import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "train", include: ["test/**/*.test.ts"] } });

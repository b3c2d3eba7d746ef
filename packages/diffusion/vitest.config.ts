import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "diffusion", include: ["test/**/*.test.ts"] } });

import { defineConfig } from "vite";

/** With both headers the page is cross-origin isolated: only then may WebAssembly threads share memory. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  // Relative, so that the build works in any folder of any server.
  base: "./",
  build: { target: "es2022" },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
});

import type { Options } from "tsup";
import { library } from "../../tsup.base.js";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * `import text from "./file.js?program"` gives a whole program as text. A worker thread that starts from text needs no file of its
 * own beside the caller, so it survives whoever bundles the caller.
 */
export const programsAsText: Plugin = {
  name: "programs-as-text",
  setup(build) {
    const namespace = "program";
    build.onResolve({ filter: /\.js\?program$/ }, async ({ path, ...from }) => {
      const { resolveDir, importer, kind } = from;
      const found = await build.resolve(path.replace(/\?program$/, ""), { resolveDir, importer, kind });
      return { path: found.path, namespace };
    });
    build.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const { outputFiles } = await build.esbuild.build({
        entryPoints: [path],
        bundle: true,
        write: false,
        minify: true,
        format: "cjs",
        platform: "node",
        target: "es2022",
      });

      return { contents: outputFiles[0]!.text, loader: "text" };
    });
  },
};

export default library({ entry: ["src/index.ts", "src/node.ts"], esbuildPlugins: [programsAsText] });

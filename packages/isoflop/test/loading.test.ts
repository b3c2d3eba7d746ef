import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { file } from "./isoflop.js";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const runs = file("loading.csv", "flops,params,val_loss\n1e11,1000,0.4\n1e11,2000,0.3\n1e11,4000,0.4\n");

/** Packages of which a command line loads something, as Node tells when it is asked to debug. */
const loaded = (...words: readonly string[]): ReadonlySet<string> => {
  const { stderr } = spawnSync(process.execPath, [bin, ...words], {
    encoding: "utf8",
    env: { ...process.env, NODE_DEBUG: "esm" },
  });
  const files = stderr.matchAll(
    /Storing file:\/\/\S*\/(?:node_modules|packages)\/((?:@[^/]+\/)?[^/\s]+)\/(?:dist|src|lib)\//g,
  );
  return new Set([...files].map(([, name]) => name!));
};

test("a fit that draws nothing loads nothing that draws or trains", () => {
  const packages = loaded("fit", "isoflop", "--input", runs, "--columns", "C=flops,N=params,loss=val_loss");
  expect(packages).toContain("scaling");
  for (const heavy of ["plot", "@observablehq/plot", "linkedom", "tensor", "train", "sharp"])
    expect(packages).not.toContain(heavy);
});

test("help loads no package that computes", () => {
  const packages = loaded("--help");
  expect(packages).toContain("isoflop");
  for (const heavy of ["plot", "scaling", "tensor", "train"]) expect(packages).not.toContain(heavy);
});

import { describe, expect, it } from "vitest";
import { entryPoints, withoutOneCommentTwice } from "../lib/docs.mjs";

it("finds the sources of what a package exports, by the name that is imported", () => {
  const exports = {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./testing": { types: "./dist/testing/index.d.ts", default: "./dist/testing/index.js" },
    "./package.json": "./package.json",
  };
  const manifest = { name: "@scope/one", version: "0.0.0", exports };
  expect(entryPoints({ name: "@scope/one", folder: "one", manifest })).toEqual([
    { name: "@scope/one", file: "one/src/index.ts" },
    { name: "@scope/one/testing", file: "one/src/testing/index.ts" },
  ]);
});

describe("comments that are declared twice", () => {
  const loud = () => {
    const told: string[] = [];
    const logger = {
      warn: (text: string) => void told.push(`warn ${text}`),
      info: (text: string) => void told.push(`info ${text}`),
    };
    withoutOneCommentTwice(logger as never);
    return { logger, told };
  };
  const warning = "x has multiple declarations with a comment. An arbitrary comment will be used";

  it("are told where they stand in two places", () => {
    const { logger, told } = loud();
    logger.warn(warning);
    logger.info("The comments for x are declared at:\n\t./a.ts:1\n\t./b.ts:1");
    expect(told).toEqual([`warn ${warning}`, expect.stringMatching(/^info .*b\.ts:1$/s)]);
  });
  it("are one comment where they stand in one, and other warnings are told", () => {
    const { logger, told } = loud();
    logger.warn("a link leads nowhere");
    logger.warn(warning);
    logger.info("The comments for x are declared at:\n\t./a.ts:1\n\t./a.ts:1");
    logger.info("done");
    expect(told).toEqual(["warn a link leads nowhere", "info done"]);
  });
});

import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { asFirstRelease } from "../lib/changelog.mjs";

const { default: line } = createRequire(import.meta.url)("../../.changeset/changelog.cjs") as {
  default: {
    getReleaseLine(changeset: { summary: string }): Promise<string>;
    getDependencyReleaseLine(changesets: readonly unknown[], released: readonly object[]): Promise<string>;
  };
};

const first = `# @isoflop/flops

## 0.1.0

### Minor Changes

- FLOPs by part,
  and parameters.
- Memory.

### Patch Changes

- Counts are whole.
- With @isoflop/spec 0.1.0.
`;

test("a first release is one list below what the package is", () => {
  expect(asFirstRelease(first, "Counts in closed form")).toBe(`# @isoflop/flops

## 0.1.0

The first release. Counts in closed form.

- FLOPs by part,
  and parameters.
- Memory.
- Counts are whole.
- With @isoflop/spec 0.1.0.
`);
});

test("later releases keep what was new apart from what was mended", () => {
  const later = first.replace("## 0.1.0", "## 0.2.0\n\n### Minor Changes\n\n- More.\n\n## 0.1.0");
  expect(asFirstRelease(later, "Counts in closed form")).toBe(later);
});

test("a changeset is an item of the list, whatever its length, and names no commit", async () => {
  const item = await line.getReleaseLine({ summary: "FLOPs by part,\nand parameters.\n\nMemory." });
  expect(item).toBe("- FLOPs by part,\n  and parameters.\n\n  Memory.");
});

test("packages that were released with it are named with their versions", async () => {
  expect(await line.getDependencyReleaseLine([], [])).toBe("");
  const released = [{ name: "@isoflop/spec", newVersion: "0.2.0" }];
  expect(await line.getDependencyReleaseLine([], released)).toBe("- With @isoflop/spec 0.2.0.");
});

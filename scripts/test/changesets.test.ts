import { expect, it } from "vitest";
import { checkChangesets } from "../lib/changesets.mjs";

const packages = ["@isoflop/a", "b"].map((name) => ({
  name,
  path: `packages/${name}`,
  folder: "",
  manifest: { name, version: "0.2.0" },
}));
const check = (texts: string[], changelog = "") =>
  checkChangesets(
    texts.map((text, index) => ({ file: `${index}.md`, text })),
    packages,
    () => changelog,
  );

it("accepts changesets that release every unreleased package", () => {
  expect(check([`---\n"@isoflop/a": minor\n---\n\nAdds a.\n`, `---\nb: patch\n---\nMends b.`])).toEqual([]);
  expect(check([`---\r\n"@isoflop/a": minor\r\n'b': major\r\n---\r\nBoth.`])).toEqual([]);
});

it("asks for a changeset only while the version is unreleased", () => {
  expect(check([])).toEqual([expect.stringContaining("@isoflop/a"), expect.stringContaining("version 0.2.0 of b")]);
  expect(check([], "# b\n\n## 0.2.0\n\n### Minor changes\n")).toEqual([]);
});

it.each([
  ["no front matter", "needs front matter"],
  [`---\n"b": patch\n---\n  \n`, "needs front matter"],
  [`---\n"@isoflop/c": minor\n---\nC.`, `"@isoflop/c" is no public package`],
  [`---\n"b": big\n---\nB.`, `"big" must be major, minor or patch`],
])("refuses %j", (text, message) => {
  expect(check([text], "## 0.2.0")).toEqual([expect.stringContaining(message)]);
});

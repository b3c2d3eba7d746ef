import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchChromium } from "@isoflop/webgpu-env";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csvOf, renderComparison, renderReport } from "../../src/index.js";
import { document } from "../../src/node.js";
import { figuresOf } from "../../src/study/figures.js";
import { partsOf } from "../../src/study/parts.js";
import { comparedStudies } from "../support/compared.js";
import { rolledStudy } from "../support/rolled.js";
import { wholeStudy } from "../support/whole.js";

type Browser = Awaited<ReturnType<typeof launchChromium>>;
type Page = Awaited<ReturnType<Browser["newPage"]>>;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.each([
  ["a study", () => renderReport(wholeStudy(), { document })],
  ["a study with a mixture", () => renderReport(rolledStudy(), { document })],
  ["a comparison", () => renderComparison(comparedStudies(), { document })],
])("the report of %s, opened as a file", (_, render) => {
  let browser: Browser;
  let folder: string;
  const opened = async (options: Parameters<Browser["newPage"]>[0]): Promise<Page> => {
    const page = await browser.newPage(options);
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    return page;
  };

  beforeAll(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), "isoflop-report-"));
    await writeFile(join(folder, "report.html"), render());
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  test.each([
    ["a desk", { viewport: { width: 1280, height: 900 } }],
    ["a phone", { viewport: { width: 360, height: 740 } }],
    ["a dark desk", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" as const }],
    ["a desk without scripts", { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }],
  ])(
    "breaks no rule of WCAG 2.2 AA that a machine can check, on %s, and is nowhere wider than it",
    async (_, options) => {
      const page = await opened(options);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
      const cut = "[...document.querySelectorAll('.table')].filter((one) => one.scrollWidth > one.clientWidth).length";
      expect(await page.evaluate(cut)).toBe(0);
      if (!("javaScriptEnabled" in options)) {
        await page.evaluate(axe);
        const found = (await page.evaluate(`axe.run({
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
      }).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 160)))`)) as string[];
        expect(found).toEqual([]);
      } else expect(await page.evaluate("document.querySelectorAll('button').length")).toBe(0);
      await page.close();
    },
  );

  test("no table is cut on paper", async () => {
    // A4 without its margins.
    const page = await opened({ viewport: { width: 680, height: 1000 } });
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(680);
    await page.close();
  });

  test("the commands can be copied, and so can the document", async () => {
    const page = await opened({ viewport: { width: 1280, height: 900 } });
    const copied = async (selector: string): Promise<string> => {
      await page.evaluate(
        "globalThis.kept = ''; navigator.clipboard.writeText = async (text) => { globalThis.kept = text; }",
      );
      await page.click(selector);
      return (await page.evaluate("globalThis.kept")) as string;
    };
    const buttons = await page.evaluate("[...document.querySelectorAll('button.copy')].map((one) => one.ariaLabel)");
    expect(buttons).toContain("Copy the command");
    expect(buttons).toContain("Copy BibTeX");
    expect(await copied("button[aria-label='Copy the command']")).toMatch(/^np[mx] /);
    expect(await copied("button[aria-label='Copy BibTeX']")).toContain("eprint = {2410.08184}");
    const json = await copied("button[aria-label$='.json']");
    expect(JSON.parse(json)).toMatchObject({ record: expect.stringMatching(/^stud/) });
    await page.close();
  });

  test("the data of a figure is a file, without a network", async () => {
    const page = await opened({ viewport: { width: 1280, height: 900 } });
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("a.data")]);
    expect(download.suggestedFilename()).toMatch(/^[a-z-]+\.csv$/);
    const text = await readFile(await download.path(), "utf8");
    expect(text).toMatch(/^[^\n]*series,/);
    expect(text.split("\n").length).toBeGreaterThan(4);
    await page.close();
  });

  test("every link of the contents leads to its section", async () => {
    const page = await opened({ viewport: { width: 1280, height: 900 } });
    const links = (await page.evaluate("[...document.querySelectorAll('.contents a')].map((a) => a.hash)")) as string[];
    for (const hash of links) {
      await page.click(`.contents a[href="${hash}"]`);
      const top = await page.evaluate(`document.querySelector("${hash}").getBoundingClientRect().top`);
      expect(top).toBeLessThan(900);
      expect(await page.evaluate("location.hash")).toBe(hash);
    }
    await page.close();
  });
});

describe("the marks of a figure", () => {
  test("are one stop of the keyboard, and arrows go from mark to mark, each with its words", async () => {
    const browser = await launchChromium();
    const folder = await mkdtemp(join(tmpdir(), "isoflop-report-"));
    const study = wholeStudy();
    await writeFile(join(folder, "report.html"), renderReport(study, { document }));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");
    const tip = () =>
      page.evaluate("document.querySelector('.tip').hidden ? '' : document.querySelector('.tip').textContent");
    await page.evaluate("document.querySelector('#figure-isoflop .wide [tabindex=\"0\"]').focus()");
    const first = await focused();
    expect(first).toMatch(/^run-00, N /);
    expect(await tip()).toMatch(/^run-00\nN /);
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toMatch(/^run-01, N /);
    await page.keyboard.press("Escape");
    expect(await tip()).toBe("");
    await page.keyboard.press("Home");
    expect(await focused()).toBe(first);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("data");
    const stops = await page.evaluate("document.querySelectorAll('#figure-isoflop .wide [tabindex=\"0\"]').length");
    expect(stops).toBe(1);
    const { isoflop } = figuresOf(study, partsOf(study));
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(await readFile(await download.path(), "utf8")).toBe(csvOf(isoflop!.data!()));
    await browser.close();
    await rm(folder, { recursive: true });
  });
});

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ name: string, counts: Counts, seconds: number, failure: string }} Step `failure` is empty when all is well. */

/** Collects the outcome of every step, prints them as they come, and all failures once more at the end. */
export class Report {
  /** @type {Step[]} */
  steps = [];

  /** @param {(text: string) => void} [print] */
  constructor(print = console.log) {
    this.print = print;
  }

  /**
   * A step that counts as one: passed or failed.
   * @param {string} name
   * @param {() => Promise<import("./process.mjs").Outcome>} work
   * @returns {Promise<boolean>} whether it passed
   */
  async check(name, work) {
    return this.tests(name, async () => {
      const { ok, output } = await work();
      return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, failure: ok ? "" : tail(output) };
    });
  }

  /**
   * A step that counts its own tests.
   * @param {string} name
   * @param {() => Promise<Counts & { failure: string }>} work
   * @returns {Promise<boolean>} whether nothing failed
   */
  async tests(name, work) {
    const start = performance.now();
    const { passed, failed, skipped, failure } = await work().catch((/** @type {unknown} */ error) => ({
      passed: 0,
      failed: 1,
      skipped: 0,
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }));
    const seconds = (performance.now() - start) / 1000;
    const counts = { passed, failed, skipped };
    this.steps.push({ name, counts, seconds, failure });
    const mark = failed > 0 ? "✗" : passed > 0 ? "✓" : "-";
    const detail = passed + failed + skipped === 1 ? "" : `  ${countLine(counts)}`;
    this.print(`${mark} ${name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s${detail}`);
    if (failure) this.print(indent(failure));
    return failed === 0;
  }

  get totals() {
    const totals = { passed: 0, failed: 0, skipped: 0 };
    for (const { counts } of this.steps) {
      totals.passed += counts.passed;
      totals.failed += counts.failed;
      totals.skipped += counts.skipped;
    }
    return totals;
  }

  /** Shows the failures again and, as the last line, the totals. */
  close() {
    for (const { name, failure } of this.steps) {
      if (failure) this.print(`\n── ${name}\n${indent(failure)}`);
    }
    this.print(`\n${countLine(this.totals)}`);
  }
}

/** @param {Counts} counts */
export const countLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** The last lines of a command's output: enough to see the error, short enough to read. @param {string} output */
const tail = (output) => output.trimEnd().split("\n").slice(-60).join("\n");

/** @param {string} text */
const indent = (text) => text.replace(/^/gm, "    ");

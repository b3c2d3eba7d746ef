import { SweepError } from "@isoflop/sweep";
import { expect, test } from "vitest";
import { asCliError, exitCodes, isExpected } from "../src/exit.js";

const failure = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: in the words of Node`), { code, path: "/nowhere/runs", ...more });

test("a file that is not there, said by Node and nobody else, is a fault of the program", () => {
  expect(isExpected(failure("ENOENT", { syscall: "open" }))).toBe(false);
  expect(isExpected(failure("EUNFORESEEN"))).toBe(false);
});

test.each([
  ["EROFS", exitCodes.failed],
  ["ENOSPC", exitCodes.failed],
  ["EACCES", exitCodes.failed],
  ["EIO", exitCodes.failed],
  ["ENAMETOOLONG", exitCodes.input],
  ["EISDIR", exitCodes.input],
  ["ELOOP", exitCodes.input],
  ["ERR_INVALID_ARG_VALUE", exitCodes.input],
])("%s: status %d, in words", (code, status) => {
  const { exitCode, message } = asCliError(failure(code));
  expect(exitCode).toBe(status);
  expect(message).toContain(": /nowhere/runs");
  expect(message).not.toContain(code);
  expect(isExpected(failure(code))).toBe(true);
  expect(asCliError(failure(code, { path: undefined })).message).not.toContain("undefined");
});

test.each([
  ["path", exitCodes.input],
  ["record", exitCodes.input],
  ["spec", exitCodes.input],
  ["store", exitCodes.failed],
  ["busy", exitCodes.failed],
  ["claim", exitCodes.failed],
] as const)("a run's folder, %s: status %d", (code, status) => {
  expect(asCliError(new SweepError(code, "in words"))).toMatchObject({ exitCode: status, message: "in words" });
});

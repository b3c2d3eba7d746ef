import { expect, test, vi } from "vitest";
import { asCliError, exitCodes, isExpected } from "../src/exit.js";

vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  accessSync: () => {
    throw Object.assign(new Error("EROFS: read-only file system, access '/'"), { code: "EROFS", path: "/" });
  },
}));

const failure = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: in the words of Node`), { code, path: "/nowhere/runs", ...more });

test("a folder that cannot be made on a read-only file system is told as that, whatever Node says", () => {
  const error = failure("ENOENT", { syscall: "mkdir" });
  expect(isExpected(error)).toBe(true);
  expect(asCliError(error)).toMatchObject({
    exitCode: exitCodes.failed,
    message: "/nowhere/runs: the file system is read-only; choose another folder",
  });
});

test("any other file that is not there stays a fault of the program", () => {
  expect(isExpected(failure("ENOENT", { syscall: "open" }))).toBe(false);
});

test.each([
  ["EROFS", exitCodes.failed],
  ["ENOSPC", exitCodes.failed],
  ["EACCES", exitCodes.failed],
  ["ENAMETOOLONG", exitCodes.input],
  ["EISDIR", exitCodes.input],
  ["ELOOP", exitCodes.input],
  ["ERR_INVALID_ARG_VALUE", exitCodes.input],
])("%s: status %d, in words", (code, status) => {
  const { exitCode, message } = asCliError(failure(code));
  expect(exitCode).toBe(status);
  expect(message).toMatch(/^\/nowhere\/runs: /);
  expect(message).not.toContain(code);
});

import { createDevice } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { DitError, patchify, patchifyVideo, timeFeatures, unpatchify, unpatchifyVideo } from "../src/index.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const of = (...shape: number[]) =>
  device.tensor(new Float32Array(shape.reduce((all, n) => all * n, 1)), shape) as never;
const loose = (value: unknown): never => value as never;
const t = device.tensor([0.5]);

describe("operands and sizes that do not fit are named", () => {
  const mistakes: [call: () => unknown, message: string][] = [
    [() => patchify(of(1, 4, 4), 2), "x is [1, 4, 4]; it takes [n, c, h, w]."],
    [() => patchify(loose(undefined), 2), "x is undefined; it takes [n, c, h, w]."],
    ...[0, 3, -2, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map((patch): [() => unknown, string] => [
      () => patchify(of(1, 3, 4, 4), patch),
      `patch is ${patch}; it must be a whole number of at least 1 that divides height, 4, and width, 4.`,
    ]),
    [() => patchify(of(1, 3, 4, 4), loose("2")), "patch is 2; it must be a whole number"],
    [() => patchifyVideo(of(1, 3, 4, 4), 2, 1), "x is [1, 3, 4, 4]; it takes [n, c, frames, h, w]."],
    [
      () => patchifyVideo(of(1, 3, 3, 4, 4), 2, 2),
      "patchFrames is 2; it must be a whole number of at least 1 that divides frames, 3.",
    ],
    [
      () => unpatchify(of(1, 5, 12), 2, 2, 2),
      "tokens are [1, 5, 12]; a grid of 2 × 2 and patches of 2 × 2 take [n, 4, a multiple of 4].",
    ],
    [() => unpatchify(of(1, 4, 13), 2, 2, 2), "tokens are [1, 4, 13]"],
    [() => unpatchify(of(1, 4, 12), 2, 2, Number.NaN), "patches of NaN × NaN"],
    [() => unpatchify(of(4, 12), 2, 2, 2), "tokens is [4, 12]; it takes [n, tokens, numbers of a patch]."],
    [() => unpatchifyVideo(of(1, 4, 12), { frames: 2, rows: 2, columns: 2 }, 2, 1), "a grid of 2 × 2 × 2"],
    [() => timeFeatures(of(2, 2)), "t is f32[2, 2]; it takes f32[n]."],
    [() => timeFeatures(loose(device.tensor(Int32Array.of(3)))), "t is i32[1]; it takes f32[n]."],
    [() => timeFeatures(loose(0.5)), "t is 0.5; it takes f32[n]."],
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((scale): [() => unknown, string] => [
      () => timeFeatures(t, scale),
      `timeScale is ${scale}; it must be a finite number above 0.`,
    ]),
    ...[0, 7, -2, 2.5, Number.NaN, Number.POSITIVE_INFINITY].map((count): [() => unknown, string] => [
      () => timeFeatures(t, 1000, count),
      `count is ${count}; it must be an even whole number of at least 2.`,
    ]),
  ];
  test.each(mistakes.map(([call, message]) => [message, call] as const))("%s", (message, call) => {
    expect(call).toThrow(DitError);
    expect(call).toThrow(message);
  });
});

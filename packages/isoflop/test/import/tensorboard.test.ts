import { describe, expect, test } from "vitest";
import { crc32c } from "../../src/import/formats/tensorboard/crc32c.js";
import { readEvent } from "../../src/import/formats/tensorboard/event.js";
import { recordsIn } from "../../src/import/formats/tensorboard/records.js";
import { isoflop, json } from "../isoflop.js";
import { ended, fileVersion, hparams, joined, logs, simple, tensor } from "./logs.js";

const sizes = ["--rule", "N=12*layers*width^2", "--rule", "D=step*batch*tokens"];
const constants = { layers: 4, width: 64, batch: 32, tokens: 256 };

test("CRC-32C is that of RFC 3720", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
});

test("reads the first bytes that tensorboardX writes", () => {
  const real = Buffer.from(
    "1800000000000000a37f4b22090f5a94bf9dc2da411a0d627261696e2e4576656e743a327295fe791e00000000000000d9dc123209ae6194bf9dc2da412a130a110a0a747261696e2f6c6f73731500004040ad0cdd481c00000000000000c8c1951d09516494bf9dc2da412a110a0f0a0876616c2f6c6f7373156666464082fc9a1b",
    "hex",
  );
  const { records, flaw } = recordsIn(real);
  expect(flaw).toBeUndefined();
  expect(records.map(readEvent).map(({ scalars }) => scalars)).toEqual([{}, { "train/loss": 3 }, { "val/loss": 3.1 }]);
});

describe("event files", () => {
  const events = [
    fileVersion(),
    hparams(constants),
    ...[100, 200, 300].map((step) => simple("val/loss", step, 3 - step / 1000)),
  ];

  test("a folder is a run, with hyperparameters as its constants and seconds from its clock", () => {
    const path = logs("tb", { "a/events.out.tfevents.1700000000.host.1.0": joined(...events) });
    const { rows, notices, runs } = json(["import", path, ...sizes]);
    expect(rows).toEqual([{ label: "a", step: 300, N: 12 * 4 * 64 ** 2, D: 300 * 32 * 256, loss: 2.7, seconds: 200 }]);
    expect(notices).toEqual([]);
    expect(runs).toMatchObject([{ name: "a", format: "tensorboard", rows: 1 }]);
  });

  test.each(["bytes", "list"] as const)("scalars of TensorFlow 2 are tensors, as %s", (how) => {
    const path = logs(`tensors-${how}`, {
      "events.out.tfevents.1.host": joined(fileVersion(), hparams(constants), tensor("epoch_val_loss", 5, 1.25, how)),
    });
    expect(json(["import", path, ...sizes, "--columns", "loss=epoch_val_loss"]).rows).toMatchObject([
      { step: 5, loss: 1.25 },
    ]);
  });

  test("a last record that is cut off is what a living log has: what is before it counts, and it is named", () => {
    const whole = joined(...events);
    const path = logs("cut", { "a/events.out.tfevents.1.host": whole.subarray(0, whole.length - 7) });
    const { rows, notices } = json(["import", path, ...sizes]);
    expect(rows).toMatchObject([{ step: 200, loss: 2.8 }]);
    expect(notices).toMatchObject([{ kind: "truncated", runs: ["a"] }]);
    expect(notices![0]!.message).toContain("events.out.tfevents.1.host: the last record is cut off at byte");
  });

  test("a bit that has turned is found by the checksum", () => {
    const whole = joined(...events);
    whole[whole.length - 10]! ^= 1;
    const { rows, notices } = json(["import", logs("turned", { "a/events.out.tfevents.1.host": whole }), ...sizes]);
    expect(rows).toMatchObject([{ step: 200 }]);
    expect(notices).toMatchObject([{ kind: "corrupt", runs: ["a"] }]);
  });

  test("a run that was resumed has several files, and what the later says counts", () => {
    const path = logs("resumed", {
      "a/events.out.tfevents.1700000000.host": joined(...events, simple("val/loss", 400, 9)),
      "a/events.out.tfevents.1700009000.host": joined(
        fileVersion(),
        simple("val/loss", 300, 2.5),
        simple("val/loss", 350, 2.25),
      ),
    });
    const { rows, notices } = json(["import", path, ...sizes, "--every"]);
    expect((rows as unknown as { step: number; loss: number }[]).map(({ step, loss }) => [step, loss])).toEqual([
      [100, 2.9],
      [200, 2.8],
      [300, 2.5],
      [350, 2.25],
    ]);
    expect(notices).toMatchObject([{ kind: "repeated-steps", runs: ["a"] }]);
    expect(notices![0]!.message).toContain("steps from 300 on are there twice");
  });

  test.each([
    [2, "it crashed"],
    [3, "it is still running"],
  ] as const)("a session of status %i is left out and named", (status, said) => {
    const path = logs(`status-${status}`, {
      "a/events.out.tfevents.1.host": joined(...events, ended(1)),
      "b/events.out.tfevents.1.host": joined(...events.slice(0, -1), ended(status)),
    });
    const { rows, notices } = json(["import", path, ...sizes]);
    expect(rows).toMatchObject([{ label: "a" }]);
    expect(notices).toMatchObject([{ kind: "unfinished", runs: ["b"] }]);
    expect(notices![0]!.message).toContain(said);
    expect(json(["import", path, ...sizes, "--keep-unfinished"]).rows).toMatchObject([{ label: "a" }, { label: "b" }]);
  });

  test("hyperparameters that PyTorch keeps in a folder below are those of the run", () => {
    const path = logs("below", {
      "a/events.out.tfevents.1.host": joined(fileVersion(), simple("val/loss", 10, 2)),
      "a/1700000000.5/events.out.tfevents.2.host": joined(
        fileVersion(),
        hparams(constants),
        ended(1),
        simple("hp/loss", 0, 2),
      ),
    });
    expect(json(["import", path, ...sizes]).rows).toMatchObject([{ label: "a", N: 12 * 4 * 64 ** 2, loss: 2 }]);
  });

  test("losses that are no numbers are those of a run that diverged, which other commands leave out", () => {
    const path = logs("diverged", {
      "a/events.out.tfevents.1.host": joined(...events),
      "b/events.out.tfevents.1.host": joined(...events, simple("val/loss", 400, Number.NaN)),
      "c/events.out.tfevents.1.host": joined(...events, simple("val/loss", 400, Number.POSITIVE_INFINITY)),
    });
    const { stdout, stderr } = isoflop(["import", path, ...sizes]);
    expect(
      stdout
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",")[4]),
    ).toEqual(["2.7", "NaN", "NaN"]);
    expect(stderr).toContain("caution: not-finite: b, c: its loss is not a number: it diverged");
  });

  test("the CSV that TensorBoard downloads is a history of one tag", () => {
    const path = logs("download", {
      "run-small-tag-val_loss.csv":
        "Wall time,Step,Value\n1700000000.1,0,4.1\n1700000010.1,10,3.2\n1700000020.1,20,2.9\n",
    });
    expect(json(["import", path, "--rule", "N=1e6", "--rule", "D=step*8192"]).rows).toEqual([
      { label: "run-small-tag-val_loss", step: 20, N: 1e6, D: 163840, loss: 2.9, seconds: 20 },
    ]);
  });
});

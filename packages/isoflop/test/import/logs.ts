import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { maskedCrc32c } from "../../src/import/formats/tensorboard/crc32c.js";
import { scratch } from "../isoflop.js";

/** Writes files below a folder that is removed afterwards. @returns the folder's path */
export const logs = (folder: string, files: Readonly<Record<string, string | Uint8Array>>): string => {
  for (const [name, content] of Object.entries(files)) {
    const path = scratch(`${folder}/${name}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return scratch(folder);
};

export const linked = (folder: string, name: string, target: string): void =>
  symlinkSync(target, scratch(`${folder}/${name}`));

/** A run's files as W&B writes them beside its training. */
export const wandbRun = (
  config: Readonly<Record<string, unknown>>,
  summary: string,
  metadata?: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> => ({
  "files/config.yaml": [
    "wandb_version: 1",
    "",
    "_wandb:",
    "  desc: null",
    "  value:",
    "    cli_version: 0.16.6",
    "    python_version: 3.10.12",
    ...Object.entries(config).flatMap(([name, value]) => [
      `${name}:`,
      "  desc: null",
      `  value: ${JSON.stringify(value)}`,
    ]),
    "",
  ].join("\n"),
  "files/wandb-summary.json": summary,
  ...(metadata && { "files/wandb-metadata.json": JSON.stringify(metadata) }),
  "files/output.log": "step 1\n",
});

/** A table as text. */
export const csv = (header: string, rows: readonly (readonly unknown[])[]): string =>
  [header, ...rows.map((row) => row.join(","))].join("\n").concat("\n");

/** A record of a TFRecord file: its length, the check of that, the data, and their check. */
export const tfRecord = (data: Uint8Array): Uint8Array => {
  const out = Buffer.alloc(12 + data.length + 4);
  out.writeBigUInt64LE(BigInt(data.length), 0);
  out.writeUInt32LE(maskedCrc32c(out.subarray(0, 8)), 8);
  out.set(data, 12);
  out.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return out;
};

type Message = (writer: BinaryWriter) => void;

const bytesOf = (message: Message): Uint8Array => {
  const writer = new BinaryWriter();
  message(writer);
  return writer.finish();
};

const nested = (writer: BinaryWriter, field: number, message: Message): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).bytes(bytesOf(message));

const eventOf = (wallTime: number, step: number, rest: Message): Uint8Array =>
  tfRecord(
    bytesOf((writer) => {
      writer.tag(1, WireType.Bit64).double(wallTime);
      if (step !== 0) writer.tag(2, WireType.Varint).int64(step);
      rest(writer);
    }),
  );

/** What every event file begins with. */
export const fileVersion = (wallTime = 1.7e9): Uint8Array =>
  eventOf(wallTime, 0, (writer) => writer.tag(3, WireType.LengthDelimited).string("brain.Event:2"));

/** As PyTorch and TensorFlow 1 write a scalar. */
export const simple = (tag: string, step: number, value: number, wallTime = 1.7e9 + step): Uint8Array =>
  eventOf(wallTime, step, (event) =>
    nested(event, 5, (summary) =>
      nested(summary, 1, (one) => {
        one.tag(1, WireType.LengthDelimited).string(tag);
        one.tag(2, WireType.Bit32).float(value);
      }),
    ),
  );

/** As TensorFlow 2 writes one: a tensor of no dimensions, with its bytes (float32) or a list of one number. */
export const tensor = (tag: string, step: number, value: number, how: "bytes" | "list" = "bytes"): Uint8Array =>
  eventOf(1.7e9 + step, step, (event) =>
    nested(event, 5, (summary) =>
      nested(summary, 1, (one) => {
        one.tag(1, WireType.LengthDelimited).string(tag);
        nested(one, 8, (held) => {
          held.tag(1, WireType.Varint).int32(how === "bytes" ? 1 : 2);
          nested(held, 2, () => {});
          const raw = Buffer.alloc(4);
          raw.writeFloatLE(value);
          if (how === "bytes") held.tag(4, WireType.LengthDelimited).bytes(raw);
          else held.tag(6, WireType.LengthDelimited).bytes(bytesOf((list) => list.double(value)));
        });
        nested(one, 9, (metadata) =>
          nested(metadata, 1, (plugin) => plugin.tag(1, WireType.LengthDelimited).string("scalars")),
        );
      }),
    ),
  );

const pluginEvent = (tag: string, content: Message): Uint8Array =>
  eventOf(1.7e9, 0, (event) =>
    nested(event, 5, (summary) =>
      nested(summary, 1, (one) => {
        one.tag(1, WireType.LengthDelimited).string(tag);
        nested(one, 9, (metadata) =>
          nested(metadata, 1, (plugin) => {
            plugin.tag(1, WireType.LengthDelimited).string("hparams");
            nested(plugin, 2, content);
          }),
        );
      }),
    ),
  );

/** Hyperparameters as the HParams plugin keeps them, in values of `google.protobuf.Value`. */
export const hparams = (values: Readonly<Record<string, number | string>>): Uint8Array =>
  pluginEvent("_hparams_/session_start_info", (data) =>
    nested(data, 3, (start) => {
      for (const [name, value] of Object.entries(values))
        nested(start, 1, (entry) => {
          entry.tag(1, WireType.LengthDelimited).string(name);
          nested(entry, 2, (held) => {
            if (typeof value === "number") held.tag(2, WireType.Bit64).double(value);
            else held.tag(3, WireType.LengthDelimited).string(value);
          });
        });
    }),
  );

/** 1 success, 2 failure, 3 running. */
export const ended = (status: 1 | 2 | 3): Uint8Array =>
  pluginEvent("_hparams_/session_end_info", (data) =>
    nested(data, 4, (end) => end.tag(1, WireType.Varint).int32(status)),
  );

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

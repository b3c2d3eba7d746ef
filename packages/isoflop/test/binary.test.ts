import { mkdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, scratch } from "./isoflop.js";

const text = readFileSync(fixture("dit_isoflop_exact"), "utf8");
const [names, ...rows] = text
  .trim()
  .split("\n")
  .map((line) => line.split(","));
const isoflopOf = (path: string, ...args: string[]) => json(["fit", "isoflop", "-i", path, ...args]);
const reference = isoflopOf(fixture("dit_isoflop_exact"));

const parquet = (of = rows, codec: "SNAPPY" | "UNCOMPRESSED" = "SNAPPY"): Uint8Array => {
  const columnData: ColumnSource[] = names!.map((name, i) => ({
    name,
    data: of.map((cells) => (name === "label" ? cells[i]! : Number(cells[i]))),
    type: name === "label" ? "STRING" : "DOUBLE",
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, codec }));
};

describe("tables that are no text", () => {
  test.each(["SNAPPY", "UNCOMPRESSED"] as const)("a Parquet file, %s, is read as its CSV", (codec) => {
    const { fit, input, points } = isoflopOf(file("runs.parquet", parquet(rows, codec)));
    expect(points!.used).toBe(reference.points!.used);
    expect(fit!.N).toEqual(reference.fit!.N);
    expect(input!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("integers of 64 bits and NaN keep their meaning", () => {
    const columnData: ColumnSource[] = [
      { name: "C", data: rows.map(([C]) => BigInt(Math.round(Number(C)))), type: "INT64" },
      { name: "N", data: rows.map(([, N]) => Math.round(Number(N))), type: "INT32" },
      { name: "loss", data: rows.map((cells, i) => (i === 3 ? Number.NaN : Number(cells[3]))), type: "DOUBLE" },
    ];
    const { points } = isoflopOf(file("integers.parquet", new Uint8Array(parquetWriteBuffer({ columnData }))));
    expect(points!.used).toBe(rows.length - 1);
    expect((points!.dropped as unknown as unknown[])[0]).toMatchObject({ row: 4, reason: "no-loss" });
  });

  test("a folder may have Parquet and gzipped tables", () => {
    mkdirSync(scratch("folder"));
    const half = Math.floor(rows.length / 2);
    file("folder/a.parquet", parquet(rows.slice(0, half)));
    file("folder/b.csv.gz", gzipSync([names, ...rows.slice(half)].map((cells) => cells!.join(",")).join("\n")));
    const { points, input } = isoflopOf(scratch("folder"));
    expect(points!.used).toBe(reference.points!.used);
    expect((input!.files as unknown as unknown[]).length).toBe(2);
  });

  test("a gzipped table is read as what it holds", () => {
    expect(isoflopOf(file("runs.csv.gz", gzipSync(text))).fit!.N).toEqual(reference.fit!.N);
  });
});

test.each([
  ["a Parquet file that was cut", parquet().slice(0, 400), /is not a whole Parquet file: /],
  ["a gzip file that was cut", gzipSync(text).subarray(0, 60), /is not a whole gzip file: unexpected end of file/],
  [
    "a spreadsheet",
    Buffer.from("PK\u0003\u0004\u0014\u0000\u0006\u0000xl/workbook"),
    /a ZIP archive or a spreadsheet; .*save the sheet as CSV/,
  ],
  ["an Arrow file", Buffer.from("ARROW1\u0000\u0000"), /an Arrow file; save it as Parquet or CSV/],
  [
    "numbers of NumPy",
    Buffer.from("\u0093NUMPY\u0001\u0000v\u0000", "latin1"),
    /is a binary file; expected text, such as CSV/,
  ],
])("%s is refused in words", (_, bytes, said) => {
  const { code, stderr, stdout } = isoflop(["fit", "isoflop", "-i", file("binary", bytes)]);
  expect(code).toBe(3);
  expect(stderr).toMatch(said);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stdout).toBe("");
});

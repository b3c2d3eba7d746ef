import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { sha256 } from "../hash.js";
import { Appender } from "./appender.js";
import { SET_VERSION, type SetFacts, type SetHead, setFiles } from "./set-files.js";

/** Takes the records of a set, one after the other. */
export interface SetWriter {
  /** @param name of its file, with "/" between folders @param caption "" where it has none */
  append(record: Uint8Array, name: string, caption: string): void;
}

/** Writes a new set into a new folder: its head last, when all else is on the disk. */
export const writeSet = async (
  folder: string,
  key: string,
  write: (writer: SetWriter) => Promise<SetFacts>,
): Promise<void> => {
  await mkdir(folder, { mode: 0o700 });
  const files = setFiles(folder);
  const [records, hashes, texts, lengths] = [files.records, files.hashes, files.texts, files.lengths].map(
    (file) => new Appender(file),
  ) as [Appender, Appender, Appender, Appender];
  const parts = [records, hashes, texts, lengths];
  const encoder = new TextEncoder();
  let count = 0;
  try {
    const facts = await write({
      append(record, name, caption) {
        const both = [encoder.encode(name), encoder.encode(caption)];
        records.append(record);
        hashes.append(createHash("sha256").update(record).digest());
        for (const text of both) texts.append(text);
        lengths.append(new Uint8Array(Uint32Array.from(both, ({ length }) => length).buffer));
        count++;
      },
    });
    for (const part of parts) part.end();
    const body = { version: SET_VERSION, key, count, seal: records.seal(), ...facts } as const;
    const stored = await Promise.all([files.hashes, files.texts, files.lengths].map((file) => readFile(file)));
    const head: SetHead = { ...body, sha256: sha256(...stored, JSON.stringify(body)) };
    await writeFile(files.head, JSON.stringify(head), { flag: "wx", mode: 0o600, flush: true });
  } finally {
    for (const part of parts) part.close();
  }
};

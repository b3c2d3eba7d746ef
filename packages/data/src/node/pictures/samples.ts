import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ParsedTarEntry } from "modern-tar";
import { isImage } from "../../pictures/endings.js";
import { optional } from "../optional.js";
import type { InputFile } from "../records/inputs.js";

/** What a shard has under one key. */
export interface Sample {
  readonly key: string;
  /** By what follows the first dot of the file's name, in lower case. */
  readonly members: ReadonlyMap<string, Uint8Array>;
}

/** A shard that ends early or is no tar archive. */
export class BadShard extends Error {}

/** Members that are read; others, such as sound, are passed over. */
const isRead = (ending: string): boolean => isImage(`.${ending}`) || ["txt", "cls", "json"].includes(ending);

/**
 * The samples of a tar shard (also in gzip), streamed: files that follow each other and have one name up to the first dot.
 * @throws BadShard after the last whole sample
 */
export async function* samplesOf(shard: InputFile): AsyncGenerator<Sample> {
  let [key, members] = ["", new Map<string, Uint8Array>()];
  for await (const { name, bytes } of membersOf(shard)) {
    const [, stem, ending] = /^((?:.*\/)?[^./][^./]*)\.([^/]+)$/.exec(name) ?? [];
    if (stem === undefined || ending === undefined) continue;
    if (stem !== key) {
      if (members.size > 0) yield { key, members };
      [key, members] = [stem, new Map()];
    }
    if (isRead(ending.toLowerCase())) members.set(ending.toLowerCase(), bytes);
  }
  if (members.size > 0) yield { key, members };
}

interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function* membersOf({ path }: InputFile): AsyncGenerator<Member> {
  const { createTarDecoder } = await optional("modern-tar", "reading tar shards", () => import("modern-tar"));
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const plain = /\.(tgz|gz)$/i.test(path) ? pipeline(file, createGunzip(), () => {}) : file;
  const entries = (Readable.toWeb(plain) as ReadableStream<Uint8Array>).pipeThrough(createTarDecoder({ strict: true }));
  let last = "its start";
  try {
    for await (const { header, body } of entries as unknown as AsyncIterable<ParsedTarEntry>) {
      const name = header.name.replace(/^\.\//, "");
      if ((header.type ?? "file") !== "file" || !isRead(name.slice(name.lastIndexOf(".") + 1).toLowerCase())) {
        await body.cancel();
        continue;
      }
      const whole = new Uint8Array(await new Response(body).arrayBuffer());
      yield { name, bytes: whole };
      last = name;
    }
  } catch (cause) {
    if (cause instanceof BadShard) throw cause;
    throw new BadShard(`it cannot be read after ${last}: ${(cause as Error).message.replace(/\.$/, "")}`, {
      cause,
    });
  }
}

import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

/** What `@sparticuz/chromium` carries in its `bin` folder: x86-64 Linux binaries, each compressed with brotli. */
export type Archive = "swiftshader.tar.br" | "al2023.tar.br" | "fonts.tar.br" | "chromium.br";

const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))));

/** Version of the package the binaries come from; part of every cache folder's name. */
export const archiveVersion: string = (() => {
  const manifest: { version: string } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  return manifest.version;
})();

/** What a machine that cannot execute them is told. */
export const archivesAre = `SwiftShader and Chromium from @sparticuz/chromium ${archiveVersion} are`;

const unpacked = (archive: Archive, into: NodeJS.WritableStream): Promise<void> =>
  pipeline(createReadStream(join(packageFolder, "bin", archive)), createBrotliDecompress(), into);

/** Unpacks a tar archive into `folder`; with `only`, just the files whose name it accepts. */
export const untar = (archive: Archive, folder: string, only: (name: string) => boolean = () => true): Promise<void> =>
  unpacked(archive, extract(folder, { ignore: (_, header) => header?.type === "file" && !only(header.name) }));

/** Unpacks the Chromium executable to `file`. */
export const unpackExecutable = (archive: Archive, file: string): Promise<void> =>
  unpacked(archive, createWriteStream(file, { mode: 0o755 }));

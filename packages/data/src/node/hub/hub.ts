import { minimatch } from "minimatch";
import type { FiniteSplit } from "../../finite/finite.js";
import { compareTexts } from "../../finite/order.js";
import type { Opening } from "../../opening.js";
import { CAPTION_TABLES } from "../../pictures/caption-table.js";
import { isImage } from "../../pictures/endings.js";
import type { PictureOptions } from "../../pictures/options.js";
import type { DataSource } from "../../source.js";
import { imageFiles } from "../pictures/folder.js";
import { parquetFiles } from "../pictures/parquet.js";
import { shardFiles } from "../pictures/webdataset.js";
import { downloaded } from "./download.js";
import type { RepoFile } from "./repo.js";
import { snapshotOf } from "./snapshot.js";

/** A data set of a hub. */
export interface HubOptions extends PictureOptions {
  /** "owner/name". */
  readonly repo: string;
  readonly revision: string;
  /** Which of its files. */
  readonly files?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly image?: string | undefined;
  readonly text?: string | undefined;
  readonly label?: string | undefined;
  readonly field?: string | undefined;
}

const HUB = "https://huggingface.co";

/**
 * The images of a data set of the Hugging Face Hub: of its parquet files, its tar shards or its images, the first of these that there
 * are. @throws Error saying what would help when the hub cannot be reached or refuses, or when there are no such files
 */
export const hubImages = async (options: HubOptions, opening: Opening = {}): Promise<DataSource<FiniteSplit>> => {
  const endpoint = (options.endpoint ?? (process.env.HF_ENDPOINT || HUB)).replace(/\/+$/, "");
  const repo = { endpoint, repo: options.repo, revision: options.revision };
  const snapshot = await snapshotOf(repo, opening.cacheFolder, opening.signal);
  const { files, read } = chosen(snapshot.files, options);
  const local = await downloaded(repo, snapshot, files, opening);
  const title = `hf://${options.repo}@${snapshot.commit}`;
  return read(local, options, opening, { name: "hub", title, licence: snapshot.licence });
};

const isParquet = ({ path }: RepoFile): boolean => path.endsWith(".parquet");
const isShard = ({ path }: RepoFile): boolean => /\.(tar|tar\.gz|tgz)$/.test(path);
const isPicture = ({ path }: RepoFile): boolean => isImage(path);
const isOfPictures = (file: RepoFile): boolean =>
  isPicture(file) || file.path.endsWith(".txt") || CAPTION_TABLES.includes(file.path);

/** Where a file's name says so, it is of the split that one trains on. */
const isOfTraining = ({ path }: RepoFile): boolean => /(^|\/)train([-/.]|$)/.test(path);

const chosen = (all: readonly RepoFile[], { repo, files: pattern }: HubOptions) => {
  const named = pattern === undefined ? all : all.filter(({ path }) => minimatch(path, pattern));
  const of = (is: (file: RepoFile) => boolean): RepoFile[] => {
    const files = named.filter(is).sort((a, b) => compareTexts(a.path, b.path));
    const training = files.filter(isOfTraining);
    return pattern === undefined && training.length > 0 ? training : files;
  };
  const [parquet, shards] = [of(isParquet), of(isShard)];
  if (parquet.length > 0) return { files: parquet, read: parquetFiles };
  if (shards.length > 0) return { files: shards, read: shardFiles };
  if (named.some(isPicture)) return { files: named.filter(isOfPictures), read: imageFiles };
  const what = pattern === undefined ? "" : ` named ${pattern}`;
  const some = all.slice(0, 5).map(({ path }) => path);
  throw new Error(
    `hub: ${repo} has no parquet files, tar shards or images${what}; it has ${some.join(", ") || "no files"}${all.length > 5 ? ", …" : ""}`,
  );
};

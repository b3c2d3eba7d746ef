/** How far opening a source has come. */
export interface Progress {
  /** "reading": files are read to know whether they are known. "loading": they are fetched. "decoding": they become records. */
  readonly stage: "loading" | "reading" | "decoding";
  readonly done: number;
  /** Where it is known beforehand. */
  readonly of?: number;
  readonly unit: "bytes" | "images" | "files";
}

/** How a source is opened, whatever it is of. Nothing here changes what it gives. */
export interface Opening {
  /** Told now and then. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops what takes long; nothing half-made is left behind. */
  readonly signal?: AbortSignal;
  /** Where decoded records are kept: a folder that you trust. If not given, `isoflop/sets` among your caches. */
  readonly cacheFolder?: string;
}

import { optional } from "../optional.js";

/** A data set of a hub. */
export interface Repo {
  readonly endpoint: string;
  readonly repo: string;
  /** A branch, tag or commit. */
  readonly revision: string;
}

/** A file of a commit. */
export interface RepoFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256, where the hub tells it. */
  readonly sha256?: string;
}

/** A commit and its files. */
export interface Snapshot {
  readonly commit: string;
  /** What the card says. */
  readonly licence: string;
  readonly files: readonly RepoFile[];
}

export const loadHub = (): Promise<typeof import("@huggingface/hub")> =>
  optional("@huggingface/hub", "a data set of the hub", () => import("@huggingface/hub"));

/** What every call of the hub's client takes. */
export const callOptions = ({ endpoint }: Repo, signal: AbortSignal | undefined) => ({
  hubUrl: endpoint,
  ...(process.env.HF_TOKEN && { accessToken: process.env.HF_TOKEN }),
  fetch: (url: string | URL | Request, init?: RequestInit) => fetch(url, { ...init, ...(signal && { signal }) }),
});

/** @throws Error for a token that is none, which is not to be told as an answer of the hub */
export const checkToken = (): void => {
  const { HF_TOKEN: token } = process.env;
  if (token && !token.startsWith("hf_"))
    throw new Error("hub: HF_TOKEN is set to no token of the hub; it must begin with hf_, or be unset");
};

/** The commit that a revision is now, and its files. @throws HubApiError when the hub refuses, TypeError when it cannot be reached */
export const askSnapshot = async (repo: Repo, signal: AbortSignal | undefined): Promise<Snapshot> => {
  const { datasetInfo, listFiles } = await loadHub();
  const call = callOptions(repo, signal);
  const { sha, cardData } = await datasetInfo({
    ...call,
    name: repo.repo,
    revision: repo.revision,
    additionalFields: ["sha", "cardData"],
  });
  const files: RepoFile[] = [];
  const listed = listFiles({ ...call, repo: `datasets/${repo.repo}`, revision: sha, recursive: true });
  for await (const { type, path, size, lfs } of listed)
    if (type === "file") files.push({ path, size: lfs?.size ?? size, ...(lfs && { sha256: lfs.oid }) });
  return { commit: sha, licence: licenceOf(cardData), files };
};

const licenceOf = (card: { readonly license?: unknown } | undefined): string => {
  const { license } = card ?? {};
  if (typeof license === "string") return license;
  return Array.isArray(license) && license.length > 0 ? license.join(", ") : "not stated by its card";
};

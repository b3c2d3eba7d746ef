import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Longest time for one command: what a slow mirror needs, and short enough to go on without it. */
const LIMIT_MS = 240_000;

const runFile = promisify(execFile);

/** Runs a command and returns its output. @throws Error with the last lines it printed. */
export const output = async (command: string, args: readonly string[], cwd?: string): Promise<string> => {
  try {
    const { stdout } = await runFile(command, args, { cwd, timeout: LIMIT_MS, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { message, stderr, killed } = error as Error & { stderr?: string; killed?: boolean };
    const reason = killed ? `took longer than ${LIMIT_MS / 1000} s` : stderr?.trim().split("\n").slice(-5).join("\n");
    throw new Error(`${command}: ${reason || message}`, { cause: error });
  }
};

/** The archive that apt is configured for, without the one of security updates. */
export const archiveSite = (sites: string): string => {
  const site = sites.split("\n").find((line) => line !== "" && !line.includes("security"));
  if (!site) throw new Error("apt-get knows no archive.");
  return site;
};

/** Where Debian keeps the keys of its archive, by release. */
const keyrings = ["gpg", "pgp"].map((type) => `/usr/share/keyrings/debian-archive-keyring.${type}`);

/** Debian packages to unpack. */
export interface Packages {
  /** Where to look, and what to prefer: the last. */
  readonly releases: readonly string[];
  /** With all they depend on. */
  readonly whole: readonly string[];
  /** Without, each with its release: `name/release`. */
  readonly alone: readonly string[];
}

/**
 * Unpacks Debian packages into `folder`. Needs no root, and leaves the machine's own packages and lists alone.
 * @returns the packages' file names, such as `libx11-6_2%3a1.8.12-1_amd64.deb`
 */
export const unpackPackages = async (
  folder: string,
  { releases, whole, alone }: Packages,
): Promise<readonly string[]> => {
  const site = archiveSite(await output("apt-get", ["indextargets", "--format", "$(SITE)"]));
  const keyring = keyrings.find((file) => existsSync(file));
  const source = `deb ${keyring ? `[signed-by=${keyring}] ` : ""}${site}`;
  const state = `${folder}.apt`;
  const [lists, archives, status, sources] = ["lists", "archives", "status", "sources.list"].map((name) =>
    join(state, name),
  ) as [string, string, string, string];
  const settings = {
    "Dir::Etc::SourceList": sources,
    "Dir::Etc::SourceParts": "-",
    "Dir::State": state,
    "Dir::State::Lists": lists,
    "Dir::State::status": status,
    "Dir::Cache": state,
    "Dir::Cache::archives": archives,
    "Acquire::Retries": "1",
    "Acquire::http::Timeout": "20",
    "APT::Sandbox::User": "root",
    "APT::Update::Error-Mode": "any",
    "Debug::NoLocking": "1",
  };
  const flags = ["-qq", ...Object.entries(settings).map(([name, value]) => `--option=${name}=${value}`)];
  const apt = (...args: string[]): Promise<string> => output("apt-get", [...flags, ...args], archives);
  try {
    for (const path of [lists, archives]) await mkdir(join(path, "partial"), { recursive: true });
    await writeFile(status, "");
    await writeFile(sources, releases.map((release) => `${source} ${release} main\n`).join(""));
    await apt("update");
    await apt(
      "install",
      "--yes",
      "--no-install-recommends",
      "--download-only",
      `--target-release=${releases.at(-1)}`,
      ...whole,
    );
    await apt("download", ...alone);
    const files = (await readdir(archives)).filter((file) => file.endsWith(".deb"));
    for (const file of files) await output("dpkg-deb", ["--extract", join(archives, file), folder]);
    return files;
  } finally {
    await rm(state, { recursive: true, force: true });
  }
};

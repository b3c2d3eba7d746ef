// Written apart, so that this file does not name what it looks for.
const homes = ["home", "Users"].join("|");
const roots = ["work", "farm", "root"].join("|");
const hosts = ["registry.(npmjs|yarnpkg)", ["deb", "debian"].join("."), ["npm", "pkg", "github"].join(".")].join("|");

const traces = [
  {
    what: "an absolute path of one machine",
    pattern: new RegExp(`(?<![\\w.~$}-])/(?:(?:${roots})/|(?:${homes})/\\w)`),
  },
  { what: "an absolute path of one machine", pattern: /(?<![A-Za-z])[A-Z]:\\{1,2}Users\\/ },
  { what: "a registry host", pattern: new RegExp(hosts) },
];

/**
 * Lines that only make sense on the machine they were written on.
 * @param {string} text
 * @returns {{ line: number, found: string, what: string }[]}
 */
export function machineTraces(text) {
  return text.split("\n").flatMap((content, index) =>
    traces.flatMap(({ what, pattern }) => {
      const match = pattern.exec(content);
      if (!match) return [];
      const found = content.slice(match.index, match.index + 60).split(/["'`\s)]/)[0] ?? "";
      return [{ line: index + 1, found, what }];
    }),
  );
}

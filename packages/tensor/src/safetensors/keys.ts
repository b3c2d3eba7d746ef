/**
 * The first key that stands twice in one object of valid JSON, which `JSON.parse` hides by keeping the last. A hostile file could show one
 * tensor to this reader and another to the next.
 */
export const duplicateKey = (json: string): string | undefined => {
  const objects: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let i = 0; i < json.length; i++) {
    const c = json[i];
    if (c === '"') {
      const start = i;
      for (i++; json[i] !== '"'; i++) if (json[i] === "\\") i++;
      const keys = objects.at(-1);
      if (expectsKey && keys) {
        const key: string = JSON.parse(json.slice(start, i + 1));
        if (keys.has(key)) return key;
        keys.add(key);
        expectsKey = false;
      }
    } else if (c === "{") {
      objects.push(new Set());
      expectsKey = true;
    } else if (c === "[") {
      objects.push(undefined);
      expectsKey = false;
    } else if (c === "}" || c === "]") {
      objects.pop();
      expectsKey = false;
    } else if (c === ",") expectsKey = objects.at(-1) !== undefined;
  }
  return undefined;
};

/**
 * What a page can do beyond being read, each part by itself. Without scripts there is nothing to press that does nothing: buttons are made
 * here.
 */

/** Sorts a table by the column whose head is pressed. */
const sorting = `
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const note = document.createElement("p");
  note.className = "note screen";
  note.textContent = "Press a column head to sort.";
  table.parentNode.before(note);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const rows = [...table.tBodies[0].rows].sort((a, b) => sign * (key(a) - key(b) || key(a).localeCompare(key(b))));
      table.tBodies[0].append(...rows);
    });
  });
}
`;

/** A button beside every text that is set as it is, and beside every link that says so, which copies it. */
const copying = `
const copied = document.createElement("p");
copied.className = "unseen";
copied.setAttribute("role", "status");
document.body.append(copied);
const byHand = (text) => {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("refused");
};
const copyButton = (what, text) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy screen";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + what);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text()).catch(() => byHand(text()));
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    copied.textContent = button.textContent;
    setTimeout(() => { button.textContent = "Copy"; copied.textContent = ""; }, 2000);
  });
  return button;
};
for (const pre of document.querySelectorAll("pre")) {
  const frame = document.createElement("div");
  frame.className = "copied";
  pre.before(frame);
  frame.append(copyButton(pre.dataset.name ?? "this text", () => pre.textContent), pre);
}
for (const link of document.querySelectorAll("a[data-copy]"))
  link.after(" ", copyButton(link.textContent, () => decodeURIComponent(link.href.slice(link.href.indexOf(",") + 1))));
`;

/**
 * Marks that have words are reached by the keyboard: one stop a figure, arrows from mark to mark. A picture has no parts for assistive
 * technology, so the figure becomes a group.
 */
const reading = `
const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("aria-hidden", "true");
tip.hidden = true;
document.body.append(tip);
const hide = () => { tip.hidden = true; };
for (const svg of document.querySelectorAll('svg[role="img"]')) {
  const marks = [...svg.querySelectorAll("title")].map((title) => title.parentNode);
  if (marks.length === 0) continue;
  svg.setAttribute("role", "group");
  let last = 0;
  marks.forEach((mark, i) => {
    const words = mark.querySelector("title").textContent;
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", words.replaceAll("\\n", ", "));
    mark.setAttribute("tabindex", i === 0 ? "0" : "-1");
    mark.addEventListener("focus", () => {
      marks[last].setAttribute("tabindex", "-1");
      last = i;
      mark.setAttribute("tabindex", "0");
      const box = mark.getBoundingClientRect();
      tip.textContent = words;
      tip.hidden = false;
      const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
      tip.style.left = Math.max(8, Math.min(room, box.right + 8)) + scrollX + "px";
      tip.style.top = Math.max(8, box.top - tip.offsetHeight - 8) + scrollY + "px";
    });
    mark.addEventListener("blur", hide);
  });
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const to = { ArrowRight: last + 1, ArrowDown: last + 1, ArrowLeft: last - 1, ArrowUp: last - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (to == null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    marks[Math.max(0, Math.min(marks.length - 1, to))].focus();
  });
}
`;

/** The script of a page with this body: what there is nothing of is left out. */
export const scriptOf = (body: string): string =>
  [
    body.includes('class="sortable') && sorting,
    (body.includes("<pre") || body.includes("data-copy")) && copying,
    body.includes("<title>") && reading,
  ]
    .filter((part) => part !== false)
    .join("");

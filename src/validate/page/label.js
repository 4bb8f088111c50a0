
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { items } = data;
  const subjects = new Map(data.subjects.map((subject) => [subject.name, subject]));
  const find = (id) => document.getElementById(id);
  const columns = ["item_id", "annotator", "label", "comment"];

  let annotator = "";
  let at = 0;
  // item id -> { label, comment }
  let answers = new Map();
  // What undo goes back to, latest last.
  let history = [];
  let isExported = true;
  let isKept = true;

  // ---- what is kept in the browser

  const key = (name) => `parallax-labels:${data.hash}:${name}`;

  function load(name) {
    try {
      const kept = JSON.parse(localStorage.getItem(key(name)));
      return kept && Array.isArray(kept.answers) ? kept : { answers: [], at: 0 };
    } catch {
      return { answers: [], at: 0 };
    }
  }

  function save() {
    try {
      localStorage.setItem(key(annotator), JSON.stringify({ answers: [...answers], at }));
      isKept = true;
    } catch {
      isKept = false;
      notify("This browser does not keep your answers. Export them before you close the page; you can load the file again.");
    }
    find("saved").textContent = isKept ? "· kept in this browser" : "· not kept: export";
  }

  function notify(message) {
    find("notice").textContent = message;
    find("notice").hidden = message === "";
  }

  // ---- CSV, as in RFC 4180

  // A spreadsheet would run such a cell; the apostrophe is taken away when the file is read.
  const guarded = (cell) => (/^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
  const unguarded = (cell) => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
  const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;

  function toCsv() {
    const rows = items
      .filter(({ id }) => answers.has(id))
      .map(({ id }) => [id, annotator, answers.get(id).label, answers.get(id).comment]);
    return [columns, ...rows].map((row) => row.map(guarded).map(quoted).join(",") + "\r\n").join("");
  }

  function fromCsv(text) {
    const rows = [];
    let row = [];
    let cell = "";
    let inQuotes = false;
    const endRow = () => {
      row.push(cell);
      if (row.length > 1 || row[0] !== "") rows.push(row);
      row = [];
      cell = "";
    };
    const chars = text.replace(/^\ufeff/, "");
    for (let i = 0; i < chars.length; i += 1) {
      const char = chars[i];
      if (inQuotes) {
        if (char !== '"') cell += char;
        else if (chars[i + 1] === '"') cell += chars[(i += 1)];
        else inQuotes = false;
      } else if (char === '"') inQuotes = true;
      else if (char === ",") {
        row.push(cell);
        cell = "";
      } else if (char === "\n") endRow();
      else if (char !== "\r") cell += char;
    }
    if (cell !== "" || row.length > 0) endRow();
    return rows;
  }

  // Reads an exported file. Says in one sentence what came of it.
  function takeIn(text) {
    const [header, ...rows] = fromCsv(text);
    const place = columns.map((column) => (header || []).indexOf(column));
    if (place.includes(-1)) return `Nothing loaded: the file lacks the columns ${columns.join(", ")}. Choose a file that this page exported.`;
    const known = new Map(items.map((item) => [item.id, item]));
    const taken = [];
    for (const row of rows) {
      const [id, name, label, comment] = place.map((column) => unguarded(row[column] ?? ""));
      const item = known.get(id);
      const isAnswer = item && (label === "" || subjects.get(item.subject).answers.some((answer) => answer.label === label));
      if (!isAnswer) return `Nothing loaded: ${id || "a row without an id"} is not of this sample. Choose a file that this page exported.`;
      if (annotator !== "" && name !== annotator) return `Nothing loaded: the file has the answers of ${name}, and you are ${annotator}.`;
      taken.push([id, { label, comment }, name]);
    }
    if (taken.length === 0) return "Nothing loaded: the file has no answers.";
    if (annotator === "") begin(taken[0][2]);
    taken.forEach(([id, answer]) => answers.set(id, answer));
    history = [];
    at = Math.max(0, firstOpen());
    save();
    show();
    return `Loaded ${taken.length} answers of ${annotator}.`;
  }

  function exportCsv() {
    const link = document.createElement("a");
    const url = URL.createObjectURL(new Blob([toCsv()], { type: "text/csv" }));
    link.href = url;
    link.download = `labels-${annotator.replace(/[^\p{L}\p{N}_-]+/gu, "_")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    isExported = true;
    find("live").textContent = `Exported as ${link.download}.`;
  }

  // ---- answers

  const isAnswered = (item) => (answers.get(item.id)?.label ?? "") !== "";
  const nAnswered = () => items.filter(isAnswered).length;
  const firstOpen = () => items.findIndex((item) => !isAnswered(item));

  function put(id, answer) {
    if (answer.label === "" && answer.comment === "") answers.delete(id);
    else answers.set(id, answer);
    isExported = false;
    save();
  }

  function choose(label) {
    const item = items[at];
    const before = answers.get(item.id) ?? { label: "", comment: "" };
    history.push({ id: item.id, before });
    put(item.id, { label, comment: find("comment").value });
    const chosen = subjects.get(item.subject).answers.find((answer) => answer.label === label);
    move(1, `${chosen.name}. `);
  }

  function undo() {
    const last = history.pop();
    if (!last) return;
    put(last.id, { ...last.before, comment: answers.get(last.id)?.comment ?? last.before.comment });
    at = items.findIndex((item) => item.id === last.id);
    show("Undone. ");
  }

  function move(step, said = "") {
    at = Math.min(Math.max(at + step, 0), items.length);
    save();
    show(said);
  }

  // ---- what is shown

  // Words of an article are only ever set as text.
  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
    return made;
  }

  function show(said = "") {
    find("start").hidden = true;
    const isEnd = at >= items.length;
    find("work").hidden = isEnd;
    find("done").hidden = !isEnd;
    if (isEnd) showEnd(said);
    else showItem(items[at], said);
    window.scrollTo(0, 0);
  }

  function showItem(item, said) {
    const subject = subjects.get(item.subject);
    const given = answers.get(item.id) ?? { label: "", comment: "" };
    find("place").textContent = `${at + 1} of ${items.length}`;
    find("progress").value = nAnswered();
    find("progress").max = items.length;
    find("topic").textContent = subject.title;
    find("question").textContent = subject.question;
    find("definition").textContent = subject.definition;
    // Open until the first answer to this question is given; then one looks when one wants to.
    find("what").open = !items.some((other) => other.subject === item.subject && other !== item && isAnswered(other));
    find("voice").textContent = item.note;
    find("voice").hidden = item.note === "";
    find("texts").replaceChildren(
      ...item.texts.map((text, side) => {
        const figure = element("figure", "");
        if (item.texts.length > 1) figure.append(element("figcaption", side === 0 ? "First sentence" : "Second sentence"));
        figure.append(element("blockquote", text));
        return figure;
      }),
    );
    find("answers").replaceChildren(
      ...subject.answers.map((answer, number) => {
        const button = element("button", "", { type: "button", class: "answer", "aria-pressed": String(answer.label === given.label) });
        const words = element("div", "");
        words.append(element("strong", answer.name), element("span", answer.meaning));
        button.append(element("kbd", String(number + 1), { "aria-hidden": "true" }), words);
        button.addEventListener("click", () => choose(answer.label));
        return button;
      }),
    );
    find("last-key").textContent = String(subject.answers.length);
    find("comment").value = given.comment;
    find("back").disabled = at === 0;
    find("undo").disabled = history.length === 0;
    find("live").textContent = `${said}Item ${at + 1} of ${items.length}.`;
    find("question").focus({ preventScroll: true });
  }

  function showEnd(said) {
    const nOpen = items.length - nAnswered();
    find("done-title").textContent = nOpen === 0 ? "All done. Thank you." : "This was the last one.";
    find("done-text").textContent =
      nOpen === 0
        ? `You answered all ${items.length} questions. Export your answers and hand the file on.`
        : `${nOpen} of ${items.length} are still open. You can answer them now, or export what there is.`;
    find("open").hidden = nOpen === 0;
    find("live").textContent = said + find("done-text").textContent;
    find("done-title").focus();
  }

  function begin(name) {
    annotator = name;
    const kept = load(name);
    const known = new Set(items.map((item) => item.id));
    answers = new Map(kept.answers.filter(([id]) => known.has(id)));
    at = Math.min(Math.max(Number(kept.at) || 0, 0), items.length);
    save();
  }

  // ---- what the annotator does

  find("begin").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = find("name").value.trim();
    if (name === "") return;
    begin(name);
    show();
  });
  find("comment").addEventListener("input", () => {
    const { id } = items[at];
    put(id, { label: answers.get(id)?.label ?? "", comment: find("comment").value });
  });
  find("back").addEventListener("click", () => move(-1));
  find("next").addEventListener("click", () => move(1));
  find("undo").addEventListener("click", undo);
  find("export").addEventListener("click", exportCsv);
  find("export-done").addEventListener("click", exportCsv);
  find("again").addEventListener("click", () => move(-1));
  find("open").addEventListener("click", () => {
    at = firstOpen();
    show();
  });
  find("load").addEventListener("change", async () => {
    const [file] = find("load").files;
    if (file) notify(takeIn(await file.text()));
    find("load").value = "";
  });
  document.addEventListener("keydown", (event) => {
    if (find("start").hidden === false || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("textarea, input")) {
      if (event.key === "Escape") find("question").focus();
      return;
    }
    const isWork = find("work").hidden === false;
    const numbered = isWork && /^[1-9]$/.test(event.key) ? subjects.get(items[at].subject).answers[event.key - 1] : undefined;
    if (numbered && !event.repeat) choose(numbered.label);
    else if (event.key === "ArrowLeft") move(-1);
    else if (event.key === "ArrowRight" && isWork) move(1);
    else if (event.key === "u" || event.key === "U" || event.key === "Backspace") undo();
    else if (isWork && (event.key === "c" || event.key === "C")) find("comment").focus();
    else return;
    event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isKept && !isExported) event.preventDefault();
  });

  const nOf = (n, one, many) => `${n} ${n === 1 ? one : many}`;
  find("summary").textContent = data.subjects
    .map((subject) => [subject, items.filter((item) => item.subject === subject.name).length])
    .map(([subject, n]) => `${subject.title}: ${nOf(n, "item", "items")}`)
    .join(" · ");
  find("start").hidden = false;
  find("name").focus();
})();

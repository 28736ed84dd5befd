"use strict";
(() => {
  const sheet = document.getElementById("sheet");
  if (!sheet) return;
  const { kind, sample, number, of } = sheet.dataset;
  const settles = of !== undefined;
  const place = `nianbao-audit ${sample} ${number} ${of || ""}`;
  const UNIT = /^[（(]?(单位[:：])?(元|千元|万元|百万元|千万元|亿元)[)）]?$/;
  const SIGNS = { blank: "∅", absent: "未印", illegible: "看不清" };
  // Key of a cell → {text} or {mark}. What is not in it was not entered yet.
  const entries = new Map();
  const choices = {};
  let last = null;

  const all = (selector) => [...sheet.querySelectorAll(selector)];
  const tables = () => all("[data-table]");
  const fields = () => all("[data-key]").filter((each) => !each.closest("[hidden]"));
  const open = () => fields().filter((each) => !entries.has(each.dataset.key));

  function show() {
    for (const each of all("[data-choice]")) {
      const value = choices[each.dataset.choice] || "";
      if (each.value !== value) each.value = value;
    }
    if (!settles) sheet.querySelector("[data-part]").hidden = choices.document !== "report";
    for (const each of tables()) each.hidden = choices[each.dataset.table] !== each.dataset.form;
    for (const each of all("[data-key]")) {
      const entry = entries.get(each.dataset.key) || {};
      const text = entry.text || "";
      if (each.value !== text) each.value = text;
      each.toggleAttribute("data-has", entries.has(each.dataset.key));
      each.toggleAttribute("data-mark", "mark" in entry);
      if (each.tagName === "INPUT") {
        if (!("hint" in each.dataset)) each.dataset.hint = each.placeholder;
        each.placeholder = entry.mark ? SIGNS[entry.mark] : each.dataset.hint;
      }
    }
    const every = fields().length;
    document.getElementById("count").textContent = `已录 ${every - open().length} / ${every}`;
  }

  function keep() {
    show();
    try {
      localStorage.setItem(place, JSON.stringify({ choices, entries: Object.fromEntries(entries) }));
    } catch (error) { /* the browser keeps nothing for files: drafts are saved by hand */ }
  }

  function tell(text) { document.getElementById("told").textContent = text; }

  function mark(each, value) {
    if (!each || each.tagName !== "INPUT") return;
    if (value === "absent" && !/^t[234]_/.test(each.dataset.key)) return;
    entries.set(each.dataset.key, { mark: value });
  }

  function markRow(each) {
    if (!each || !each.closest("[data-table]")) return;
    for (const one of each.closest("tr").querySelectorAll("[data-key]")) mark(one, "absent");
  }

  function step(from, by) {
    const every = fields();
    const to = every[every.indexOf(from) + by];
    if (to) { to.focus(); if (to.select) to.select(); }
  }

  function above(from, sign) {
    const here = from.getBoundingClientRect();
    let best = null;
    let least = Infinity;
    for (const each of fields()) {
      const there = each.getBoundingClientRect();
      const down = sign * (there.top - here.top);
      if (down < 4) continue;
      const far = down * 4 + Math.abs(there.left - here.left);
      if (far < least) { least = far; best = each; }
    }
    if (best) { best.focus(); if (best.select) best.select(); }
  }

  function made() {
    const said = { kind, sample, number, by: choices.by || "" };
    const told = {};
    for (const each of fields()) {
      const entry = entries.get(each.dataset.key);
      if (entry) told[each.dataset.key] = entry;
    }
    if (settles) return { ...said, of, answers: told };
    const report = choices.document === "report";
    const form = (table) => (report ? choices[table] || "" : "none");
    return {
      ...said, document: choices.document || "", note: choices.note || "",
      tables: { t2: form("t2"), t3: form("t3"), t4: form("t4") }, entries: report ? told : {},
    };
  }

  // What the reader of the file refuses is told here, where it can be mended.
  function fits(key, text) {
    if (text === undefined) return true;
    if (key === "year") return /^(19|20)[0-9]{2}$/.test(text);
    if (key.endsWith(".unit")) return UNIT.test(text.replace(/\s/g, ""));
    return text.length <= 200;
  }

  function lacks(said) {
    if (!/^[a-z]{2,12}$/.test(said.by)) return "请填写您的代号（两个以上小写字母）";
    if (!settles && !said.document) return "请选择这份文件是什么";
    if (!settles && Object.values(said.tables).includes("")) return "请选择每张表所印的格式";
    const settled = entries.get("document");
    if (settles && settled && settled.text !== "report") return "";
    const left = open().length;
    if (left) return `还有 ${left} 格未录`;
    const odd = fields().find((each) => !fits(each.dataset.key, (entries.get(each.dataset.key) || {}).text));
    if (odd) {
      odd.focus();
      return odd.dataset.key === "year" ? "年度须为四位数字" : "单位只写元、万元等，其余用“∅ 空白”；每格至多 200 字";
    }
    return "";
  }

  function save(draft) {
    const said = made();
    const why = draft ? "" : lacks(said);
    tell(why);
    if (why) return;
    const name = settles ? number : `${number}.${said.by || "x"}`;
    const blob = new Blob([JSON.stringify(said, null, 1)], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = draft ? `${name}.draft.json` : `${name}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function take(text) {
    let said;
    try { said = JSON.parse(text); } catch (error) { tell("这个文件读不出来"); return; }
    if (!said || said.sample !== sample || said.number !== number || said.kind !== kind) {
      tell("这个文件不是这份核验表的");
      return;
    }
    const chosen = { ...(said.tables || {}), by: said.by, document: said.document, note: said.note };
    for (const [name, value] of Object.entries(chosen)) {
      if (typeof value === "string") choices[name] = value;
    }
    for (const [key, entry] of Object.entries(said.entries || said.answers || {})) {
      if (entry && typeof entry.text === "string") entries.set(key, { text: entry.text });
      else if (entry && entry.mark in SIGNS) entries.set(key, { mark: entry.mark });
    }
    tell("");
    keep();
  }

  const does = {
    blank: () => { mark(last, "blank"); },
    absent: () => { mark(last, "absent"); },
    illegible: () => { mark(last, "illegible"); },
    row: () => { markRow(last); },
    next: () => { const to = open()[0]; if (to) to.focus(); },
    save: () => save(false),
    draft: () => save(true),
    load: () => document.getElementById("file").click(),
    rest: (button) => {
      const table = button.closest("[data-table]");
      const left = open().filter((each) => table.contains(each));
      if (left.length && confirm(`${left.length} 格记为空白？`)) for (const each of left) mark(each, "blank");
    },
  };

  sheet.addEventListener("focusin", (event) => { if (event.target.dataset.key) last = event.target; });
  sheet.addEventListener("mousedown", (event) => {
    if (["blank", "absent", "illegible", "row"].includes(event.target.dataset.do)) event.preventDefault();
  });
  sheet.addEventListener("click", (event) => {
    const { pick, do: what } = event.target.dataset;
    if (pick) entries.set(event.target.dataset.for, JSON.parse(pick));
    else if (what) does[what](event.target);
    else return;
    keep();
  });
  sheet.addEventListener("input", (event) => {
    const { key, choice } = event.target.dataset;
    if (choice) choices[choice] = event.target.value;
    if (key && event.target.value.trim()) entries.set(key, { text: event.target.value });
    else if (key) entries.delete(key);
    tell("");
    keep();
  });
  sheet.addEventListener("keydown", (event) => {
    const at = event.target;
    if (!at.dataset.key || event.isComposing) return;
    if (event.key === "Enter") { if (event.ctrlKey) mark(at, "blank"); keep(); step(at, 1); }
    else if (event.key === "Delete" && event.ctrlKey) { markRow(at); keep(); above(at, 1); }
    else if (event.key === "." && event.ctrlKey) { mark(at, "illegible"); keep(); step(at, 1); }
    else if (event.key === "ArrowDown" && at.tagName === "INPUT") above(at, 1);
    else if (event.key === "ArrowUp" && at.tagName === "INPUT") above(at, -1);
    else return;
    event.preventDefault();
  });
  document.getElementById("file").addEventListener("change", async (event) => {
    if (event.target.files[0]) take(await event.target.files[0].text());
    event.target.value = "";
  });
  try {
    const kept = JSON.parse(localStorage.getItem(place) || "null");
    if (kept) {
      Object.assign(choices, kept.choices);
      for (const [key, entry] of Object.entries(kept.entries)) entries.set(key, entry);
    }
  } catch (error) { /* nothing was kept */ }
  show();
})();

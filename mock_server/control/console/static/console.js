// The console's script: forms and buttons that call the control API, the live journal, keys, themes. No library, nothing from elsewhere.
"use strict";
const told = document.getElementById("told");

function tell(text, fine = false) {
  told.textContent = text;
  told.classList.toggle("fine", fine);
  told.hidden = !text;
}

/** Send a request to the control API of the sandbox of this page; on success load the page again. */
async function send(method, to, body) {
  tell("");
  const headers = { "X-Mock-Console": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(to, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    return tell("The stand-in does not answer. Is it still running?");
  }
  const content = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok && !(content && content.warnings && content.warnings.length)) return location.reload();
  if (answer.ok) return tell(content.warnings.join(" "), true);
  const faults = ((content && content.errors) || []).map((fault) => `${fault.place} ${fault.reason}`).join("; ");
  tell(`${(content && content.detail) || answer.status}${faults ? `: ${faults}` : ""}`);
}

/** The fields of a form that were filled in, as JSON of the types that they say. */
function filled(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || field.value === "" || field.disabled) continue;
    const value = field.dataset.type === "number" ? Number(field.value) : field.value;
    const [name, part] = field.name.split(".");
    fields[name] = part ? { ...fields[name], [part]: value } : value;
  }
  return fields;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.send) return;
  event.preventDefault();
  let body = filled(form);
  const to = form.dataset.to.replace(/\{(\w+)\}/, (_, name) => {
    const value = encodeURIComponent(body[name]);
    delete body[name];
    return value;
  });
  if (form.dataset.inside) body = { [form.dataset.inside]: body };
  send(form.dataset.send, to, form.dataset.send === "PUT" ? undefined : body);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-send]");
  if (button) send(button.dataset.send, button.dataset.to, button.dataset.body ? JSON.parse(button.dataset.body) : undefined);
  const link = event.target.closest("a[data-sandbox]");
  if (link) {
    event.preventDefault();
    enter(link.dataset.sandbox);
  }
});

// Sandboxes: each has its own address, the default one none.
function enter(name) {
  const here = location.pathname.replace(/^\/_sandbox\/[^/]+/, "");
  location.href = (name === "default" ? "" : `/_sandbox/${name}`) + (here.startsWith("/_mock/console/exchange") ? "/_mock/" : here);
}
document.getElementById("sandbox").addEventListener("change", (event) => enter(event.target.value));

// The live journal: once a second what came after the last request that is shown.
const live = document.getElementById("live");
const pause = document.getElementById("pause");
async function follow() {
  if (pause.getAttribute("aria-pressed") !== "true" && !document.hidden) {
    const query = new URLSearchParams(location.search);
    query.set("fragment", "true");
    query.set("after", live.dataset.last);
    const answer = await fetch(`console/journal?${query}`).catch(() => null);
    if (answer && answer.ok) {
      const rows = document.createElement("tbody");
      rows.innerHTML = await answer.text(); // rendered and escaped by the server
      for (const row of rows.rows) row.classList.add("new");
      if (rows.rows.length) {
        live.dataset.last = rows.rows[0].dataset.id;
        live.prepend(...rows.rows);
        document.getElementById("empty").hidden = true;
        while (live.rows.length > 500) live.lastElementChild.remove();
      }
    }
  }
  setTimeout(follow, 1000);
}
if (live) {
  pause.addEventListener("click", () => {
    const paused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
  });
  setTimeout(follow, 1000);
}

// The fields of a fault that belong to its kind.
const kind = document.getElementById("kind");
function fit() {
  for (const label of document.querySelectorAll("[data-for]")) {
    label.hidden = label.dataset.for !== kind.value;
    label.querySelector("input, select").disabled = label.hidden;
  }
}
if (kind) {
  kind.addEventListener("change", fit);
  fit();
}

// Keys: 1 to 8 pages, / filter, j and k rows, Enter opens one.
let at = -1;
function step(by) {
  const rows = document.querySelectorAll("[data-rows] tbody tr");
  if (!rows.length) return;
  if (rows[at]) rows[at].classList.remove("at");
  at = Math.max(0, Math.min(rows.length - 1, at + by));
  rows[at].classList.add("at");
  rows[at].scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const page = document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`);
  const row = document.querySelector("tr.at a");
  if (page) page.click();
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Enter" && row && event.target === document.body) row.click();
  else if (event.key === "/") {
    event.preventDefault();
    const filter = document.querySelector("[data-filter]");
    if (filter) filter.focus();
  }
});

// Themes: the system's, until the button chooses.
const root = document.documentElement;
try {
  root.dataset.theme = localStorage.getItem("studio-mock-theme") || "";
} catch {}
document.getElementById("theme").addEventListener("click", () => {
  const dark = getComputedStyle(root).colorScheme === "dark" || (root.dataset.theme === "" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("studio-mock-theme", root.dataset.theme);
  } catch {}
});

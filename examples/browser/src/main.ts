import { Refusal, Studio, type Document, type Project } from "./api.js";

const base = new URLSearchParams(location.search).get("studio") ?? "http://127.0.0.1:8080";
const studio = new Studio(base);
const at = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;
const select = at<HTMLSelectElement>("project");

function row(found: Document): HTMLLIElement {
  const line = document.createElement("li");
  line.textContent = found.text ?? "";
  return line;
}

async function show(): Promise<void> {
  at("documents").replaceChildren(...(await studio.documents(Number(select.value))).map(row));
}

/** Run something and say what Studio has against it. */
async function told(work: () => Promise<void>): Promise<void> {
  at("trouble").textContent = "";
  try {
    await work();
  } catch (problem) {
    at("trouble").textContent = problem instanceof Refusal ? `${problem.status}: ${problem.message}` : `Studio cannot be reached at ${base}`;
  }
}

at<HTMLFormElement>("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at<HTMLInputElement>("text");
  void told(async () => {
    await studio.addDocument(Number(select.value), { text: text.value });
    text.value = "";
    await show();
  });
});
select.addEventListener("change", () => void told(show));

void told(async () => {
  await studio.logIn({ email: "owner@example.com", password: "studio-mock" });
  const option = (project: Project) => new Option(`${project.name} (${project.type})`, String(project.id));
  select.replaceChildren(...(await studio.projects()).map(option));
  await show();
});

// The calls that the page makes. All types come from the contract: a field that it does not have does not compile.
import type { components, operations } from "./studio.js";

export type Document = components["schemas"]["Document"];
export type Project = components["schemas"]["Project"];
type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { "application/json": infer Sent } };
}
  ? Sent
  : never;

/** What Studio answers when it refuses something. */
export class Refusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export class Studio {
  constructor(private readonly base: string, private token: string | null = null) {}

  async logIn(body: Body<"log_in">): Promise<void> {
    this.token = (await this.send<{ auth_token: string }>("POST", "/auth/login", body)).auth_token;
  }

  projects(): Promise<Project[]> {
    return this.send("GET", "/projects?details=true");
  }

  async documents(project: number): Promise<Document[]> {
    const found: Document[] = [];
    for (let more = true; more; ) {
      const query = new URLSearchParams({ offset: String(found.length), limit: "100", details: "segments,tags" });
      const page = await this.send<{ documents: Document[]; has_more: boolean }>("GET", `/projects/${project}/documents?${query}`);
      found.push(...page.documents);
      more = page.has_more;
    }
    return found;
  }

  addDocument(project: number, body: Body<"create_document">): Promise<Document> {
    return this.send("POST", `/projects/${project}/documents`, body);
  }

  private async send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers: Record<string, string> = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(this.base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const content = await answer.json();
    if (!answer.ok) throw new Refusal(answer.status, content.message);
    return content as Answer;
  }
}

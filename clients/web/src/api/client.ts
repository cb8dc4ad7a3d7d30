/** One call of the service: JSON in, JSON out, and every refusal as a Problem with words for people. */

export interface FieldError {
  field: string;
  message: string;
}

/** How long an answer may take. */
export const PATIENCE_MS = 20_000;
const LONGEST_SECONDS = 24 * 3600;
const UNREADABLE = "The service gave an answer that cannot be read.";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: FieldError[] = [],
    readonly retryAfter = 0,
  ) {
    super(detail);
  }

  /** The service was not reached, or could not do it now: the same again may work. */
  get passes(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429 || this.status === 409;
  }

  /** The service does not know this call (yet). */
  get isMissing(): boolean {
    return this.status === 405 || (this.status === 404 && this.code === "not_found" && /URL|url/.test(this.message));
  }
}

export type Query = Record<string, string | number | null | undefined>;

interface Extra {
  query?: Query;
  body?: unknown;
  key?: string;
  quick?: boolean;
}

/** What is done when the session is found to be over. */
export const onSignedOut: { run: () => void } = { run: () => undefined };

function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(answer: Response): Promise<Problem> {
  // A proxy may say a date, which counts as not said: a timer that is given no number, or too large a one, runs at once.
  const seconds = Math.min(Number(answer.headers.get("Retry-After")) || 0, LONGEST_SECONDS);
  try {
    const { code, detail = UNREADABLE, errors = [] } = await answer.json();
    return new Problem(answer.status, code ?? "unknown", detail, errors, seconds);
  } catch {
    return new Problem(answer.status, "unknown", UNREADABLE, [], seconds);
  }
}

const away = () => new Problem(0, "offline", "Barker cannot be reached. Look at your connection and try again.");

/** Send a request as whoever is signed in. Throws a Problem. */
export async function call<T>(method: string, path: string, extra: Extra = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (extra.body !== undefined) headers["Content-Type"] = "application/json";
  if (extra.key) headers["Idempotency-Key"] = extra.key;
  let answer: Response;
  try {
    answer = await fetch(address(path, extra.query), {
      method,
      headers,
      body: extra.body === undefined ? undefined : JSON.stringify(extra.body),
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: "no-store",
    });
  } catch {
    throw away();
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (problem.status === 401 && path !== "/v1/sessions") onSignedOut.run();
    throw problem;
  }
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch {
    throw away(); // it broke off in the middle, or something on the way answered instead
  }
}

/** Return words for people for whatever was thrown. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Problem)) return "Something went wrong here. Try again.";
  if (error.code === "too_many") return `That was too often. Try again in ${error.retryAfter || 60} seconds.`;
  if (error.code === "store_down") return "Part of Barker is away just now. It is back shortly: try again.";
  return error.message;
}
